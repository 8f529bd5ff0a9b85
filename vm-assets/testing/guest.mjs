import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { boot } from '../boot.mjs';

/** A booted image with the stand-in engine, for tests: its console as it grows, and commands run in it. */
export class Guest {
  lines = [];
  #waiting = [];
  #connection = null;

  /** @param {{image: string, folder?: string}} options `folder` keeps the data disk across two guests */
  constructor({ image, folder = mkdtempSync(join(tmpdir(), 'slipway-guest-')), ...options }) {
    this.folder = folder;
    this.vm = boot({ image, folder, ...options, onLine: (line) => this.#onLine(line) });
    this.vm.exited.then(() => this.#onLine(null), () => this.#onLine(null));
  }

  #onLine(line) {
    this.lines.push(line);
    this.#waiting = this.#waiting.filter((check) => !check());
  }

  /** Resolves with the first console line, from line `from` on, that holds `text`. @throws Error when the VM fails or ends without one. */
  line(text, from = 0) {
    return new Promise((resolve, reject) => {
      const check = () => {
        const seen = this.lines.slice(from);
        const found = seen.find((line) => line !== null && line.includes(text));
        const over = seen.find((line) => line === null || line.startsWith('slipway: failed'));
        if (found !== undefined) resolve(found);
        else if (over !== undefined) reject(new Error(`The VM failed or ended without "${text}". Its console: ${this.lines.filter((line) => line !== null).join('\n')}`));
        else return false;
        return true;
      };
      if (!check()) this.#waiting.push(check);
    });
  }

  /** Runs a shell command in the guest. @returns {Promise<{code: number, stdout: string, stderr: string}>} */
  async run(command) {
    const connection = this.#open();
    const answer = new Promise((resolve, reject) => connection.queue.push({ resolve, reject }));
    connection.socket.write(`${JSON.stringify({ run: command })}\n`);
    return JSON.parse(await answer);
  }

  /** Ends the stand-in engine with a status. */
  endEngine(status) {
    this.#open().socket.write(`${JSON.stringify({ exit: status })}\n`);
  }

  #open() {
    if (this.#connection === null) {
      const socket = connect(this.vm.sockets[0]);
      const queue = [];
      createInterface({ input: socket }).on('line', (line) => queue.shift()?.resolve(line));
      socket.on('error', () => {});
      socket.on('close', () => queue.splice(0).forEach(({ reject }) => reject(new Error('The VM closed the channel.'))));
      this.#connection = { socket, queue };
    }
    return this.#connection;
  }

  async kill() {
    this.#connection?.socket.destroy();
    this.vm.process.kill('SIGKILL');
    await this.vm.exited.catch(() => {});
  }

  async dispose() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
