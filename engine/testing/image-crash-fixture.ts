import { Readable } from 'node:stream';
import { dockerArchive, makeImage } from './image-fixture.ts';
import { startService } from './image-service-fixture.ts';

/**
 * A process for `images/crash.engine.test.ts` to kill: pulls, loads, tags and removes without end on the folder and registry of
 * its command line, and prints a line for each operation once it has finished.
 */
const [directory = '', host = '', seed = ''] = process.argv.slice(2);
const { images } = await startService(directory);
const say = (line: string) => process.stdout.write(`${line}\n`);
say('ready');

async function loadForever(): Promise<void> {
  for (let n = 0; ; n += 1) {
    const name = `loaded-${seed}-${n}`;
    const image = makeImage([[{ name: 'shared', content: Buffer.alloc(300_000, 's') }], [{ name, content: Buffer.alloc(200_000, name) }]], { compression: 'none' });
    await images.load(Readable.from([dockerArchive([{ image, tags: [`${name}:1`] }])]), { quiet: true }, () => {});
    say(`there ${name}:1 ${image.id}`);
    await images.tag(`${name}:1`, `${name}:2`);
    say(`there ${name}:2 ${image.id}`);
    if (n % 2 === 0) continue;
    // Said before: once begun, a removal may or may not have happened.
    say(`leaving ${name}:1`);
    say(`leaving ${name}:2`);
    await images.remove(`${name}:1`, {});
    await images.remove(`${name}:2`, {});
    say(`gone ${name}:1`);
    say(`gone ${name}:2`);
  }
}

async function pullForever(): Promise<void> {
  const reference = `${host}/crash`;
  for (;;) {
    await images.pull(reference, {}, () => {});
    const { id } = await images.resolve(reference);
    say(`there ${reference}:latest ${id}`);
    say(`leaving ${reference}:latest`);
    await images.remove(reference, {});
    say(`gone ${reference}:latest`);
  }
}

await Promise.all([loadForever(), pullForever()]);
