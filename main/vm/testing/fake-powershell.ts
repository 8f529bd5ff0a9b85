import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeProgram } from './stand-in-program.ts';

/** What the stand-in answers; written to `answers.json` of its folder. */
export interface FakeAnswers {
  /** To the script that looks at what is here. */
  facts: Record<string, unknown>;
  /** What making or starting the VM comes to. */
  error?: Record<string, unknown>;
}

export interface FakePowershell {
  environment: NodeJS.ProcessEnv;
  /** Scripts that it was given, and what was asked of the one that stays, oldest first. */
  recorded(): Promise<string[]>;
}

/**
 * A `powershell.exe` for tests: it records what it is given and answers as the real one would, as far as the scripts of `hyperv/` ask. A VM of it is a console on the
 * pipe that the script names; it ends when it is asked to, when its input ends, or when `off` appears in the folder.
 */
export async function writeFakePowershell(folder: string): Promise<FakePowershell> {
  await writeProgram(folder, 'powershell.exe', `exec "${process.execPath}" "${join(folder, 'powershell.cjs')}" "$@"`);
  await writeFile(join(folder, 'powershell.cjs'), script);
  return {
    environment: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    recorded: async () => (await readFile(join(folder, 'recorded'), 'utf8').catch(() => '')).split('\0').filter((entry) => entry !== ''),
  };
}

const script = String.raw`
const { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const args = process.argv.slice(2);
const text = Buffer.from(args[args.indexOf('-EncodedCommand') + 1], 'base64').toString('utf16le');
const record = (what) => appendFileSync(join(__dirname, 'recorded'), what + '\0');
const say = (value) => process.stdout.write(JSON.stringify(value) + '\r\n');
record(args.slice(0, -1).join(' ') + '\n' + text);
const answers = JSON.parse(readFileSync(join(__dirname, 'answers.json'), 'utf8'));
const path = (pattern) => (pattern.exec(text) || [])[1]?.replaceAll("''", "'");
// As much of a VHDX as tells its size.
const virtualDisk = (file, bytes) => {
  const image = Buffer.alloc(320 * 1024);
  image.write('vhdxfile', 0);
  image.write('regi', 192 * 1024);
  image.writeUInt32LE(1, 192 * 1024 + 8);
  image.write('06a27c8b90479a4bb8fe575f050f886e', 192 * 1024 + 16, 'hex');
  image.writeBigUInt64LE(256n * 1024n, 192 * 1024 + 32);
  image.write('metadata', 256 * 1024);
  image.writeUInt16LE(1, 256 * 1024 + 10);
  image.write('2442a52f1bcd7648b2115dbed83bf4b8', 256 * 1024 + 32, 'hex');
  image.writeUInt32LE(1024, 256 * 1024 + 48);
  image.writeBigUInt64LE(BigInt(bytes), 257 * 1024);
  writeFileSync(file, image);
};
if (text.includes('HypervisorPresent')) say(answers.facts);
else if (answers.error !== undefined) {
  say({ error: answers.error });
  process.exitCode = 1;
} else if (text.includes('Start-VM')) {
  const seed = path(/Convert-VHD -Path '([^\n]*)' -DestinationPath/);
  record('seed ' + readFileSync(seed).subarray(0, 1100).toString('hex'));
  rmSync(seed);
  const pipe = path(/-Number 1 -Path '([^\n]*)'/);
  let isOff = false;
  const server = require('node:net').createServer((socket) => socket.on('error', () => undefined).write('slipway: kernel\nslipway: guest\n')).listen(pipe);
  say({ started: process.ppid });
  say({ state: 'Running' });
  const off = () => {
    if (isOff) return;
    isOff = true;
    say({ state: 'Off' });
    process.exit(0);
  };
  setInterval(() => existsSync(join(__dirname, 'off')) && (rmSync(join(__dirname, 'off')), off()), 20);
  setInterval(() => existsSync(join(__dirname, 'full')) && (rmSync(join(__dirname, 'full')), say({ state: 'PausedCritical' })), 20);
  let rest = '';
  process.stdin.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      record('asked ' + line);
      const { id, verb, bytes } = JSON.parse(line);
      if (verb === 'grow' && bytes > 2 ** 46) {
        say({ id, error: { message: 'Die Größe ist zu groß. (0x80070057)', id: 'InvalidParameter,Microsoft.Vhd.PowerShell.Cmdlets.ResizeVhd', category: 'InvalidArgument', code: '0x80131500' } });
        continue;
      }
      if (verb === 'grow') virtualDisk(path(/'grow' \{ Resize-VHD -Path '([^\n]*)' -SizeBytes/), bytes);
      say({ id });
      if (verb === 'quit') off();
    }
  });
  process.stdin.on('end', () => {
    record('input ended');
    off();
  });
} else {
  const file = path(/New-VHD -Path '([^\n]*)' -Dynamic/) ?? path(/Resize-VHD -Path '([^\n]*)' -SizeBytes/);
  if (file !== undefined) virtualDisk(file, /-SizeBytes (\d+)/.exec(text)[1]);
}
`;
