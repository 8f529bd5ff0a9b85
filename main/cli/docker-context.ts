import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../failure.ts';

export const contextName = 'slipway';
const description = 'Slipway';

/** DOCKER_CONFIG, or `~/.docker`. */
export function dockerFolder(environment: NodeJS.ProcessEnv): string {
  const given = environment['DOCKER_CONFIG'];
  return given === undefined || given === '' ? join(homedir(), '.docker') : given;
}

interface ContextFile {
  Name: string;
  Metadata: { Description?: string };
  Endpoints: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

/** Null where there is none of that name. */
export async function findContext(folder: string, name: string): Promise<{ host: string; isOurs: boolean } | null> {
  try {
    const content = JSON.parse(await readFile(contextFile(folder, name), 'utf8')) as ContextFile;
    return { host: content.Endpoints?.docker?.Host ?? '', isOurs: content.Metadata?.Description === description };
  } catch {
    return null;
  }
}

/**
 * Writes the context as `docker context create` does: `contexts/meta/<sha256 of the name>/meta.json`. Source: docker/cli, cli/context/store.
 * @throws Failure `conflict` when a person made one of that name for something else, `invalid` for a name that docker does not take.
 */
export async function registerContext(folder: string, name: string, host: string): Promise<void> {
  // The CLI's own rule; `default` is its own.
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name) || name === 'default') throw new Failure('invalid', `"${name}" is no name for a docker context.`);
  const found = await findContext(folder, name);
  if (found?.host === host) return;
  if (found !== null && !found.isOurs) throw new Failure('conflict', `a context of that name leads to ${found.host}; docker context rm ${name} removes it, --context NAME takes another name`);
  const content: ContextFile = { Name: name, Metadata: { Description: description }, Endpoints: { docker: { Host: host, SkipTLSVerify: false } } };
  const path = contextFile(folder, name);
  await mkdir(join(path, '..'), { recursive: true, mode: 0o755 });
  await replace(path, JSON.stringify(content), 0o644);
}

/** `docker context use`: names the context in `config.json`, whose other fields stay. @throws Error when that file is no JSON. */
export async function useContext(folder: string, name: string): Promise<void> {
  const path = join(folder, 'config.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const config = JSON.parse(text) as Record<string, unknown>;
  if (config['currentContext'] === name) return;
  // It may hold passwords: nobody else gets to read it who could not before.
  const mode = await stat(path).then((found) => found.mode & 0o777, () => 0o600);
  await replace(path, `${JSON.stringify({ ...config, currentContext: name }, null, '\t')}\n`, mode);
}

function contextFile(folder: string, name: string): string {
  return join(folder, 'contexts', 'meta', createHash('sha256').update(name).digest('hex'), 'meta.json');
}

async function replace(path: string, text: string, mode: number): Promise<void> {
  const part = `${path}.slipway-${process.pid}`;
  await writeFile(part, text, { mode });
  await rename(part, path);
}
