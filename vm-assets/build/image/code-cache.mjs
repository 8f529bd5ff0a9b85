import { spawnSync } from 'node:child_process';

const archOf = { amd64: 'x64', arm64: 'arm64' };

/** Compiles all of a program, where V8 would compile functions when they are called, and writes what it has made to stdout. Its arguments: the program. */
const compiler = `
const v8 = require('node:v8');
const { constants, Script } = require('node:vm');
v8.setFlagsFromString('--no-lazy');
const source = require('node:module').wrap(require('node:fs').readFileSync(process.argv[1], 'utf8'));
const script = new Script(source, { filename: '/opt/slipway/engine/vm.cjs', importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
// What V8 makes counts only where its flags are the same. The seeds are set so that the same program gives the same bytes.
v8.setFlagsFromString('--lazy');
v8.setFlagsFromString('--hash-seed=0');
require('node:fs').writeSync(1, script.createCachedData());
`;

/**
 * Compiled code (V8's code cache) of a CommonJS program as start-engine.cjs loads it, or null where this is not the Node that the guest has: V8 would refuse it,
 * and the guest compiles for itself.
 * @param {{program: string, arch: 'amd64'|'arm64', nodeVersion: string}} options
 * @returns {Buffer | null}
 */
export function codeCache({ program, arch, nodeVersion }) {
  if (process.platform !== 'linux' || process.arch !== archOf[arch] || process.version !== `v${nodeVersion}`) return null;
  const made = spawnSync(process.execPath, ['--hash-seed=1', '--random-seed=1', '-e', compiler, program], { maxBuffer: 1 << 26, env: {} });
  if (made.status !== 0) throw new Error(`${program} could not be compiled: ${made.stderr.toString().trim().split('\n').at(-1)}`);
  return made.stdout;
}
