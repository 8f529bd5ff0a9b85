import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgressMessage } from '../../contract/engine-api/progress.ts';
import { mountSnapshot, unmountSnapshot } from '../snapshots/mount.ts';
import { openOverlaySnapshotter } from '../snapshots/overlay-snapshotter.ts';
import type { Snapshotter } from '../snapshots/snapshotter.ts';
import type { ImageService, ImageUser } from '../images/image-service.ts';
import { openImageService } from '../images/open-image-service.ts';

/** An image service on a folder of its own, for tests. */
export interface ServiceFixture extends Disposable {
  directory: string;
  images: ImageService;
  snapshotter: Snapshotter;
  /** `action id name` of each. */
  events: string[];
  /** What the engine logged. */
  log: string[];
  /** Containers that stand on images; tests change it. */
  users: ImageUser[];
  /** What is asked before Docker Hub, from the next {@link reopen} on. */
  mirrors: string[];
  /** Opens everything anew on the same folder, as after a crash. */
  reopen(): Promise<void>;
  pull(reference: string, options?: Parameters<ImageService['pull']>[1]): Promise<ProgressMessage[]>;
  /** Every name in the image's root file system with its type, mode, owner, link and content. */
  tree(reference: string): Promise<string>;
}

/** @param directory where there is one already; it is not removed then */
export async function startService(directory?: string): Promise<ServiceFixture> {
  const own = directory ?? mkdtempSync(join(tmpdir(), 'images-'));
  const fixture: ServiceFixture = {
    directory: own,
    images: undefined as never,
    snapshotter: undefined as never,
    events: [],
    log: [],
    users: [],
    mirrors: [],
    async reopen() {
      fixture.snapshotter = await openOverlaySnapshotter(join(own, 'snapshots'));
      fixture.images = await openImageService({
        paths: { content: join(own, 'content'), images: join(own, 'images') },
        snapshotter: fixture.snapshotter,
        events: { publish: (_, action, id, attributes) => fixture.events.push(`${action} ${id} ${attributes['name']}`) },
        insecureRegistries: [],
        registryMirrors: fixture.mirrors,
        listUsers: () => fixture.users,
        log: (line) => fixture.log.push(line),
      });
    },
    async pull(reference, options = {}) {
      const messages: ProgressMessage[] = [];
      await fixture.images.pull(reference, options, (message) => messages.push(message));
      return messages;
    },
    async tree(reference) {
      const { chainId } = await fixture.images.resolve(reference);
      const key = `tree-${(counter += 1)}`;
      const target = mkdtempSync(join(tmpdir(), 'tree-'));
      mountSnapshot(await fixture.snapshotter.prepare(key, chainId), target);
      try {
        const script = 'find . -printf "%p %y %m %U:%G %l\\n" | sort; find . -type f -exec sha256sum {} + | sort -k2';
        return execFileSync('sh', ['-c', script], { cwd: target, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
      } finally {
        unmountSnapshot(target);
        rmSync(target, { recursive: true });
        await fixture.snapshotter.remove(key);
      }
    },
    [Symbol.dispose]() {
      if (directory === undefined) rmSync(own, { recursive: true, force: true });
    },
  };
  await fixture.reopen();
  return fixture;
}

let counter = 0;
