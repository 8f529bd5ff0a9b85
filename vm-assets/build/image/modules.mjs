import { basename } from 'node:path';
import { section } from '../formats/elf.mjs';

/** `virtio-net` and `virtio_net` are one module. */
const canonical = (name) => name.replaceAll('-', '_');

/** Kernel modules of a package: which depend on which, read from the modules themselves, as depmod does on a running system. */
export class ModuleTree {
  #modules = new Map();

  /** @param {Map<string, Buffer>} files by path below `lib/modules/<release>/`, `kernel/…/x.ko` @param {string} builtin text of modules.builtin */
  constructor(files, builtin) {
    this.builtin = new Set(builtin.split('\n').filter(Boolean).map((path) => canonical(basename(path.trim(), '.ko'))));
    for (const [path, bytes] of files) {
      const records = (section(bytes, '.modinfo') ?? Buffer.alloc(0)).toString('latin1').split('\0').map((record) => record.split(/=(.*)/s));
      const values = (key) => records.filter(([name]) => name === key).map(([, value]) => value);
      const depends = values('depends').flatMap((list) => list.split(',')).filter(Boolean).map(canonical);
      this.#modules.set(canonical(basename(path, '.ko')), { path, depends, soft: softDependencies(values('softdep')), aliases: values('alias') });
    }
  }

  /** Modules that `patterns` name with all they depend on, dependencies first. Names that are built in, or that this architecture lacks, give nothing. */
  closure(patterns) {
    const names = patterns.flatMap((pattern) => (pattern.endsWith('*') ? [...this.#modules].filter(([, module]) => module.path.startsWith(pattern.slice(0, -1))).map(([name]) => name).sort() : [canonical(pattern)]));
    const ordered = new Set();
    const visit = (name) => {
      const module = this.#modules.get(name);
      if (module === undefined || ordered.has(name)) return;
      for (const dependency of [...module.depends, ...module.soft]) visit(dependency);
      ordered.add(name);
    };
    names.forEach(visit);
    return [...ordered];
  }

  /** Names among `patterns` of which there is neither a module nor a built-in. */
  missing(names) {
    return names.map(canonical).filter((name) => !name.endsWith('*') && !this.#modules.has(name) && !this.builtin.has(name));
  }

  path(name) {
    return this.#modules.get(name).path;
  }

  /** modules.dep for the given modules: each with all its dependencies, the nearest first (modules.dep(5)). */
  dependencyFile(names) {
    const line = (name) => `${this.path(name)}:${this.closure([name]).slice(0, -1).reverse().map((dependency) => ` ${this.path(dependency)}`).join('')}`;
    return `${[...names].sort().map(line).join('\n')}\n`;
  }

  /** modules.alias, by which the kernel's own requests (`net-pf-…`, `nft-chain-…`) find a module. */
  aliasFile(names) {
    return `${[...names].sort().flatMap((name) => this.#modules.get(name).aliases.filter((alias) => !/^(pci|usb|acpi|of):/.test(alias) || /^pci:v00001AF4/.test(alias)).map((alias) => `alias ${alias} ${name}`)).join('\n')}\n`;
  }
}

/** `pre: a b post: c` (modprobe.d(5)): only what goes before. */
function softDependencies(records) {
  return records.flatMap((record) => (/pre:\s*([^:]*?)(?:\s+post:|$)/.exec(record)?.[1] ?? '').split(/\s+/).filter(Boolean).map(canonical));
}
