import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { dynamicNeeds, isElf } from '../formats/elf.mjs';

/**
 * Checks that every program and library in the tree finds the libraries and the loader it asks for: the guest's binaries cannot be
 * run here, and may be of another architecture.
 * @throws Error that lists what is missing and who asks for it.
 */
export function checkLibraries(tree) {
  const present = new Set([...tree.files()].map((path) => basename(path)));
  const missing = [];
  for (const path of tree.files()) {
    if (!/^usr\/(bin|sbin|lib)\//.test(path) || path.endsWith('.ko')) continue;
    if (statSync(tree.host(path)).size < 64) continue;
    const bytes = readFileSync(tree.host(path));
    if (!isElf(bytes)) continue;
    const { needed, interpreter } = dynamicNeeds(bytes);
    for (const library of needed) if (!present.has(library) && !hasLink(tree, library)) missing.push(`${library} (for ${path})`);
    if (interpreter !== null && !existsSync(tree.host(interpreter.slice(1))) && !present.has(basename(interpreter))) missing.push(`${interpreter} (for ${path})`);
  }
  if (missing.length > 0) throw new Error(`Libraries are missing in the image: ${missing.join(', ')}. Add their packages to vm-assets/packages.mjs.`);
}

const libraryFolders = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu', 'usr/lib'];
const hasLink = (tree, library) => libraryFolders.some((folder) => existsSync(tree.host(`${folder}/${library}`)));
