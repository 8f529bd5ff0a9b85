import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeBeside } from './tip-place.ts';

const room = { width: 800, height: 600 };
const tip = { width: 100, height: 26 };

describe('where a tip stands', () => {
  it('is below its control and centred on it', () => {
    expect(placeBeside({ left: 200, top: 100, width: 40, height: 24 }, tip, room)).toEqual({ left: 170, top: 130 });
  });

  it('is above where there is no room below', () => {
    expect(placeBeside({ left: 200, top: 570, width: 40, height: 24 }, tip, room)).toEqual({ left: 170, top: 538 });
  });

  it('is never past the edge', () => {
    expect(placeBeside({ left: 2, top: 100, width: 24, height: 24 }, tip, room).left).toBe(8);
    expect(placeBeside({ left: 780, top: 100, width: 18, height: 24 }, tip, room).left).toBe(692);
  });

  it('is below all the same where a low window has no room above either', () => {
    expect(placeBeside({ left: 200, top: 10, width: 40, height: 24 }, tip, { width: 800, height: 60 }).top).toBe(40);
  });
});

it('no element has a title of the platform: keyboards do not reach it, and it cannot be taken away', () => {
  const renderer = join(import.meta.dirname, '../..');
  const found = globSync('**/*.tsx', { cwd: renderer }).flatMap((file) =>
    [...readFileSync(join(renderer, file), 'utf8').matchAll(/<([a-z][a-z0-9]*|Button|IconButton|LinkButton)\b(?:[^<>]|=>)*?\stitle=/g)].map(([, element]) => `${file}: <${element}>`),
  );
  expect(found).toEqual([]);
});
