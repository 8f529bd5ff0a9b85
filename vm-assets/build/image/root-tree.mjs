import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { filesIn } from '../walk.mjs';

/** A folder that becomes the guest's root file system. Modes are set whatever the umask, and nothing is ever written through a link in it. */
export class RootTree {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
  }

  /** Path on the host of a guest path. */
  host(path) {
    return join(this.folder, path);
  }

  directory(path, mode = 0o755) {
    const parts = path.split('/').filter(Boolean);
    parts.forEach((_, index) => {
      const folder = this.host(parts.slice(0, index + 1).join('/'));
      try {
        mkdirSync(folder);
        chmodSync(folder, 0o755);
      } catch (error) {
        if (error.code !== 'EEXIST' || !lstatSync(folder).isDirectory()) throw error;
      }
    });
    if (parts.length > 0) chmodSync(this.host(path), mode);
  }

  file(path, body, mode = 0o644) {
    this.#makeWay(path);
    writeFileSync(this.host(path), body, { flag: 'wx' });
    chmodSync(this.host(path), mode);
  }

  link(path, target) {
    this.#makeWay(path);
    symlinkSync(target, this.host(path));
  }

  remove(path) {
    rmSync(this.host(path), { recursive: true, force: true });
  }

  #makeWay(path) {
    const parent = dirname(path);
    if (parent !== '.') {
      try {
        if (lstatSync(this.host(parent)).isDirectory()) {
          rmSync(this.host(path), { force: true });
          return;
        }
      } catch {
        // Not there yet.
      }
      this.directory(parent);
    }
    rmSync(this.host(path), { force: true });
  }

  /** Regular files by guest path, sorted. */
  files() {
    return filesIn(this.folder).map((path) => relative(this.folder, path));
  }
}
