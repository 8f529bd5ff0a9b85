import { closeSync, existsSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { chdir, currentDirectory } from '../syscalls/mount-tree.ts';
import { clearUmask } from '../syscalls/files.ts';
import { TarParser } from '../tar/tar-parser.ts';
import { ChunkWriter } from './chunk-writer.ts';
import type { TarOutput } from './chunk-writer.ts';
import { layerForm } from './layer-form.ts';
import { contentOf, describeFile, listFolder, measureTree, openFile, readRange } from './file-reading.ts';
import { emptyRoot, makeFolder, removeEntry, renameEntry } from './file-changes.ts';
import type { ConnectionBody, ExtractAnswer, FromThread, Job, ToThread } from './protocol.ts';
import { enterView } from './root-view.ts';
import { SocketInput } from './socket-input.ts';
import { SocketOutput } from './socket-output.ts';
import { baseName, cleanPath, statPath } from './stat-path.ts';
import { expectAccess } from './access-rules.ts';
import { openLayers, treeChanges } from './tree-changes.ts';
import { ArchiveRefusal, TreeExtractor } from './tree-extractor.ts';
import { isBackedUpXattr, isCopiedXattr, TreeWriter } from './tree-writer.ts';

/** Program of a confined thread: one job at a time, each inside its view. See `confined-threads.ts`. */

const port = parentPort!;

/** The job that goes on from message to message. */
interface Running {
  leave: () => void;
  /** Writes a tar, for a job that has one. */
  tree: ((out: TarOutput) => Generator<Buffer, void, void>) | null;
  /** Yields a chunk for each credit. */
  output: Generator<Buffer, void, void> | null;
  input: { parser: TarParser; extractor: TreeExtractor } | null;
}

let running: Running | null = null;

port.on('message', (message: ToThread) => {
  try {
    handle(message);
  } catch (error) {
    finish({ kind: 'failed', error: { message: wordsOf(error), code: (error as { code?: string }).code ?? null } });
  }
});

function handle(message: ToThread): void {
  if (message.kind === 'start') {
    start(message);
    return;
  }
  // What was on its way when the job ended.
  if (running === null) return;
  switch (message.kind) {
    case 'credit': {
      const output = (running.output ??= running.tree!(new ChunkWriter()));
      for (let left = message.chunks; left > 0; left -= 1) {
        const next = output.next();
        if (next.done === true) {
          finish({ kind: 'done' });
          return;
        }
        const bytes = next.value as Buffer<ArrayBuffer>;
        post({ kind: 'chunk', bytes }, bytes.buffer);
      }
      return;
    }
    case 'send':
      // To its end in one go: what it yields has gone already.
      Array.from(running.tree!(new SocketOutput(message.connection)));
      finish({ kind: 'done' });
      return;
    case 'data': {
      const { parser, extractor } = running.input!;
      for (const piece of message.pieces) for (const event of parser.push(Buffer.from(piece.buffer))) extractor.take(event);
      post({ kind: 'taken' });
      return;
    }
    case 'end':
      running.input!.parser.end();
      running.input!.extractor.end();
      finish({ kind: 'done' });
      return;
    case 'cancel':
      finish({ kind: 'done' });
      return;
    default:
      throw new TypeError(`unknown message ${JSON.stringify(message satisfies never)}`);
  }
}

function start({ view, job }: Extract<ToThread, { kind: 'start' }>): void {
  let layers: number[] = [];
  const leave = enterView(view, () => {
    if (job.kind === 'changes') layers = openLayers(job.lower);
  });
  running = { leave, tree: null, output: null, input: null };
  // The view has a file system state of its own, umask included.
  clearUmask();
  try {
    begin(running, job, layers);
  } finally {
    for (const fd of layers) closeSync(fd);
  }
}

function begin(state: Running, job: Job, layers: readonly number[]): void {
  switch (job.kind) {
    case 'stat':
      finish({ kind: 'done', value: statPath(cleanPath(job.path)) });
      return;
    case 'archive': {
      const path = cleanPath(job.path);
      post({ kind: 'head', value: statPath(path) });
      const [from, name] = [path, baseName(path)].map((text) => Buffer.from(text).toString('latin1')) as [string, string];
      state.tree = (out) => whole(new TreeWriter({ keepsXattr: isCopiedXattr }, out), (writer) => writer.entry(from, name));
      return;
    }
    case 'content': {
      const { fd, entry } = openFile(cleanPath(job.path));
      post({ kind: 'head', value: entry });
      state.output = contentOf(fd, entry.Size);
      return;
    }
    case 'tree': {
      post({ kind: 'head', value: null });
      const options = job.form === 'layer' ? layerForm : { keepsXattr: job.form === 'backup' ? isBackedUpXattr : isCopiedXattr };
      if (job.form === 'backup') state.tree = (out) => withoutEnd(new TreeWriter(options, out), (writer) => writer.entry('/', 'data'));
      else state.tree = (out) => whole(new TreeWriter(options, out), (writer) => writer.children('/', ''));
      return;
    }
    case 'extract': {
      enterFolder(job.path);
      const here = currentDirectory();
      expectAccess(here, job.access);
      state.input = { parser: new TarParser(), extractor: new TreeExtractor(here, job) };
      post({ kind: 'head', value: null });
      if (job.body !== undefined) finish({ kind: 'done', value: extractFrom(job.body, state.input) });
      return;
    }
    case 'changes':
      finish({ kind: 'done', value: treeChanges(layers) });
      return;
    case 'list':
      finish({ kind: 'done', value: listFolder(cleanPath(job.path), job) });
      return;
    case 'describe':
      finish({ kind: 'done', value: describeFile(cleanPath(job.path)) });
      return;
    case 'read':
      finish({ kind: 'done', value: readRange(cleanPath(job.path), job) });
      return;
    case 'make-folder':
      finish({ kind: 'done', value: makeFolder(job.path, job.access) });
      return;
    case 'rename':
      finish({ kind: 'done', value: renameEntry(job.path, job.to, job.access) });
      return;
    case 'remove':
      finish({ kind: 'done', value: removeEntry(job.path, job) });
      return;
    case 'empty':
      finish({ kind: 'done', value: emptyRoot() });
      return;
    case 'measure':
      finish({ kind: 'done', value: measureTree() });
      return;
    default:
      throw new TypeError(`unknown job ${JSON.stringify(job satisfies never)}`);
  }
}

function extractFrom(body: ConnectionBody, { parser, extractor }: NonNullable<Running['input']>): ExtractAnswer {
  const input = new SocketInput(body);
  const { pieces, raw, isPlain } = input.begin();
  if (!isPlain) return { compressed: new Uint8Array(raw) };
  const take = (piece: Buffer) => {
    for (const event of parser.push(piece)) extractor.take(event);
  };
  pieces.forEach(take);
  for (const piece of input.rest()) take(piece);
  parser.end();
  extractor.end();
  return { compressed: null };
}

/** The folder stays the same one whatever its name becomes. */
function enterFolder(path: string): void {
  try {
    chdir(cleanPath(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR' && existsSync(cleanPath(path).replace(/\/\.?$/, ''))) throw new ArchiveRefusal('extraction point is not a directory');
    throw error;
  }
}

type Entries = (writer: TreeWriter) => Generator<Buffer, void, void>;

function* whole(writer: TreeWriter, entries: Entries): Generator<Buffer, void, void> {
  yield* entries(writer);
  yield* writer.end();
}

/** The tar goes on elsewhere. */
function* withoutEnd(writer: TreeWriter, entries: Entries): Generator<Buffer, void, void> {
  yield* entries(writer);
  yield* writer.flush();
}

/** Leaves the view before anybody hears of the end. */
function finish(last: FromThread): void {
  const ended = running;
  running = null;
  if (ended !== null) {
    ended.output?.return();
    ended.input?.extractor.close();
    ended.leave();
  }
  post(last);
}

function post(message: FromThread, transferred?: ArrayBuffer): void {
  port.postMessage(message, transferred === undefined ? [] : [transferred]);
}

/** Go's form of the common errors, which clients know: `lstat /w/f/x: not a directory`. */
function wordsOf(error: unknown): string {
  const { code, syscall, path, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOENT: 'no such file or directory',
    ENOTDIR: 'not a directory',
    EROFS: 'read-only file system',
    ENOSPC: 'no space left on device',
    EDQUOT: 'disk quota exceeded',
    EBUSY: 'device or resource busy',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    ELOOP: 'too many levels of symbolic links',
    ENAMETOOLONG: 'file name too long',
    EXDEV: 'invalid cross-device link',
    EEXIST: 'file exists',
    ENOTEMPTY: 'directory not empty',
    EISDIR: 'is a directory',
  };
  if (code === undefined || syscall === undefined || words[code] === undefined) return message;
  return `${syscall}${path === undefined ? '' : ` ${String(path)}`}: ${words[code]}`;
}
