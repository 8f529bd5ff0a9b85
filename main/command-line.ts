import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, messageOf } from './failure.ts';

/** What both shells take from their command line and environment. */
export interface CommandLine {
  /** SLIPWAY_HOME, absolute. */
  home: string;
  /** Socket of an engine that runs already; absent: the VM. */
  engineSocket: string | undefined;
  /** Folder of the VM image; absent: the one that belongs to this installation. */
  imageDirectory: string | undefined;
  /** Of the web shell. 0: any free one. */
  port: number;
  /** Whether the web shell opens a browser. */
  open: boolean;
}

export const usage = `Options:
  --home DIR            where Slipway keeps its state (default: $SLIPWAY_HOME or ~/.slipway)
  --engine-socket PATH  use an engine that runs already instead of a VM
  --image DIR           VM image to boot
  --port N              port of the web shell on 127.0.0.1 (default: any free one)
  --no-open             do not open a browser`;

const options = {
  home: { type: 'string' },
  'engine-socket': { type: 'string' },
  image: { type: 'string' },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
} as const;

/**
 * @param lenient for Electron, to which Chromium's own switches belong as well: what is unknown is passed over.
 * @throws Failure `invalid` with the list of options.
 */
export function parseCommandLine(args: string[], environment: NodeJS.ProcessEnv = process.env, lenient = false): CommandLine {
  const values = parse(args, lenient);
  const port = Number(values.port ?? 0);
  if (!/^\d{1,5}$/.test(values.port ?? '0') || port > 65_535) throw invalid(`--port must be a number from 0 to 65535, not ${values.port}.`);
  return {
    home: resolve(values.home ?? environment['SLIPWAY_HOME'] ?? join(homedir(), '.slipway')),
    engineSocket: values['engine-socket'] === undefined ? undefined : resolve(values['engine-socket']),
    imageDirectory: values.image === undefined ? undefined : resolve(values.image),
    port,
    open: values['no-open'] !== true,
  };
}

function parse(args: string[], lenient: boolean) {
  try {
    const { values } = parseArgs({ args, options, strict: !lenient, allowPositionals: lenient });
    for (const name of ['home', 'engine-socket', 'image', 'port'] as const) {
      if (typeof values[name] === 'boolean' || values[name] === '') throw new Error(`--${name} needs a value`);
    }
    return values as { home?: string; 'engine-socket'?: string; image?: string; port?: string; 'no-open'?: boolean };
  } catch (error) {
    throw invalid(`${messageOf(error)}.`);
  }
}

const invalid = (message: string) => new Failure('invalid', message, { hint: usage });

/** `amd64` or `arm64`, as images are named. */
export function hostArch(): string {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}
