import { spawn } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import zlib from 'node:zlib';

/** Inflates gzip, xz or zstd by the bytes' own magic; anything else is returned as it is. xz needs the host's `xz`. */
export async function decompress(bytes) {
  if (bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return gunzipSync(bytes);
  if (bytes.subarray(0, 6).equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]))) return pipeThrough('xz', ['-dc', '--single-stream'], bytes);
  if (bytes.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) {
    return zlib.zstdDecompressSync ? zlib.zstdDecompressSync(bytes) : pipeThrough('zstd', ['-dc'], bytes);
  }
  return bytes;
}

async function pipeThrough(command, args, input) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = [];
  let errors = '';
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  // xz stops reading behind the first stream; what it answered counts, not the broken pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${command} did not run: install ${command === 'xz' ? 'xz-utils' : command}.`, { cause: error })));
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} could not decompress ${input.length} bytes: ${errors.trim()}`);
  return Buffer.concat(output);
}
