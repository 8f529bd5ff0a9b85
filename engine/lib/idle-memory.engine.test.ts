import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const idleMemory = fileURLToPath(new URL('./idle-memory.ts', import.meta.url));

async function outcomeOf(program: string): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

it('gives back what V8 keeps of a large piece of work', async () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { IdleMemory } from ${JSON.stringify(idleMemory)};
    const anonymous = () => Number(/^RssAnon:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
    let kept = [];
    for (let count = 0; count < 2_000_000; count += 1) {
      kept.push({ count });
      if (kept.length > 200_000) kept = kept.slice(100_000);
    }
    kept = null;
    const before = anonymous();
    new IdleMemory({ short: 20, long: 50 }).touch();
    const look = setInterval(() => {
      if (anonymous() > before / 2) return;
      clearInterval(look);
      console.log(JSON.stringify(before > 60));
    }, 50);
  `;
  expect(await outcomeOf(program)).toEqual({ code: 0, said: 'true\n' });
});

it('takes the pages of the program out of an idle process, which goes on working', async () => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { IdleMemory } from ${JSON.stringify(idleMemory)};
    const mapped = () => Number(/^RssFile:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    const before = mapped();
    new IdleMemory().touch();
    const look = setInterval(() => {
      if (mapped() > before / 2) return;
      clearInterval(look);
      console.log(JSON.stringify([...new Intl.NumberFormat('en').format(1234567)].join('')));
    }, 100);
  `;
  expect(await outcomeOf(program)).toEqual({ code: 0, said: '"1,234,567"\n' });
});
