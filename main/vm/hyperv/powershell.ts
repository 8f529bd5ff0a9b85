import { execFile, type ChildProcess, spawn } from 'node:child_process';

export interface HypervHost {
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
}

/** What went wrong inside of PowerShell, as it says it: words are in the language of the system, so causes are told by the other fields. */
export class PowershellError extends Error {
  override name = 'PowershellError';
  /** `OutOfMemory,Microsoft.HyperV.PowerShell.Commands.StartVM` */
  readonly id: string;
  /** Of about_ErrorCategory: `PermissionDenied`, `ObjectNotFound` … */
  readonly category: string;
  /** HRESULTs of the error and in its words, as `0x8007000E`. */
  readonly codes: string[];

  constructor({ message = 'PowerShell gave no reason', id = '', category = '', code = '' }: { message?: string; id?: string; category?: string; code?: string }) {
    super(message.trim().replaceAll(/\s*\r?\n\s*/g, ' '));
    this.id = id;
    this.category = category;
    this.codes = [code, ...Array.from(message.matchAll(/0x[0-9A-Fa-f]{8}/g), ([found]) => found)].map((found) => found.replace(/^0x.*/i, (hex) => `0x${hex.slice(2).toUpperCase()}`));
  }
}

/** Text as a literal in which nothing is expanded. Typographic single quotes end one just as the plain one does. Source: about_Quoting_Rules. */
export function literal(text: string): string {
  return `'${text.replaceAll(/['\u2018-\u201b]/g, (quote) => quote + quote)}'`;
}

const errorFields = `@{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId; category = [string]$_.CategoryInfo.Category; code = ('0x{0:X8}' -f $_.Exception.HResult) }`;

/** What each script begins with: it ends at its first error, and every line it prints is JSON in UTF-8. */
const preamble = `$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
[Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
function Say($value) { [Console]::Out.WriteLine((ConvertTo-Json -Compress -Depth 4 $value)) }
`;

/** A block that says why it failed. @param finallyDo runs either way */
export function scriptOf(body: string, finallyDo = ''): string {
  const last = finallyDo === '' ? '' : ` finally {\n${indent(finallyDo)}\n}`;
  return `${preamble}try {\n${indent(body)}\n} catch {\n  Say @{ error = ${errorFields} }\n  exit 1\n}${last}\n`;
}

/** Inside of a script: runs what is asked for, and says how it went. */
export const answered = (work: string): string => `try {\n${indent(work)}\n  Say @{ id = $ask.id }\n} catch {\n  Say @{ id = $ask.id; error = ${errorFields} }\n}`;

export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

/** `InputFormat`: PowerShell leaves its input to the script, which reads it by itself. Encoded, so that no shell's rules of quoting apply. Windows PowerShell 5.1, which is a part of Windows; PowerShell 7 need not be there. */
const commandLine = (script: string): string[] => ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-InputFormat', 'None', '-EncodedCommand', Buffer.from(script, 'utf16le').toString('base64')];

/** The last thing that a script said. @throws PowershellError, or Error where there is no PowerShell */
export async function runScript(host: HypervHost, script: string, timeoutMs = 60_000): Promise<Record<string, unknown>> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  execFile('powershell.exe', commandLine(script), { env: host.environment, windowsHide: true, timeout: timeoutMs }, (error, stdout) => (error === null || stdout.trim() !== '' ? resolve(stdout) : reject(error)));
  const answer = parse((await promise).trim().split(/\r?\n/).at(-1) ?? '');
  if (answer?.error !== undefined) throw new PowershellError(answer.error as object);
  return answer ?? {};
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A script that goes on, says what happens, and does what it is asked for; see scripts.ts. Its input's end, which is the end of this process, is its end. */
export class PowershellSession {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #pending = new Map<number, { resolve(): void; reject(error: Error): void }>();
  #nextId = 1;
  #text = '';

  constructor(host: HypervHost, script: string, hear: (news: Record<string, unknown>) => void, complain: (line: string) => void) {
    const child = spawn('powershell.exe', commandLine(script), { env: host.environment, windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.process = child;
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => text.split(/\r?\n/).filter((line) => line.trim() !== '').forEach(complain));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#text + text).split(/\r?\n/);
      this.#text = lines.pop() ?? '';
      for (const line of lines) {
        const news = parse(line);
        if (news === null) complain(line);
        else if (typeof news.id === 'number') this.#answer(news.id, news.error);
        else hear(news);
      }
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
      child.once('error', (error) => {
        complain(error.message);
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
    });
    void this.ended.then(() => {
      for (const { reject } of this.#pending.values()) reject(new Error('PowerShell has ended'));
      this.#pending.clear();
    });
  }

  /** @throws PowershellError */
  ask(verb: string, more: Record<string, unknown> = {}): Promise<void> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pending.set(id, { resolve, reject });
    if (this.process.stdin?.writable !== true) return Promise.reject(new Error('PowerShell has ended'));
    this.process.stdin.write(`${JSON.stringify({ id, verb, ...more })}\n`);
    return promise;
  }

  #answer(id: number, error: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve();
    else pending?.reject(new PowershellError(error as object));
  }
}
