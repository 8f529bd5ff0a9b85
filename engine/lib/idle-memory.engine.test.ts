import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const idleMemory = fileURLToPath(new URL('./idle-memory.ts', import.meta.url));

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
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, said }).toEqual({ code: 0, said: '"1,234,567"\n' });
});
