import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import german from '../locales/de/said-by-main.json' with { type: 'json' };
import { sentences } from '../format/sentence.ts';
import { saidByMain, setSentences } from './said-by-main.ts';

const root = join(import.meta.dirname, '../..');
beforeEach(() => setSentences(german));
afterEach(() => setSentences({}));

test('a sentence of main comes in the language of the window, with its figures, and a reason in it as well', () => {
  expect(saidByMain('There is no folder /home/jo/x.')).toBe('Den Ordner /home/jo/x gibt es nicht.');
  expect(saidByMain('The VM ended unexpectedly: its process ended with code 1.')).toBe('Die VM endete unerwartet: ihr Prozess endete mit Code 1.');
  expect(saidByMain('QEMU 7.2, TCG; no KVM: there is no /dev/kvm')).toBe('QEMU 7.2, TCG; kein KVM: es gibt kein /dev/kvm');
  expect(sentences('The setting cpus must be a whole number from 1 to 256.', 'Try again.')).toBe('Die Einstellung cpus muss eine ganze Zahl von 1 bis 256 sein. Versuchen Sie es nochmals.');
  expect(saidByMain('Stop the container first, or remove it by force. The container web was made and kept: start it again, or remove it.')).toBe(
    'Stoppen Sie zuerst den Container, oder entfernen Sie ihn mit Gewalt. Der Container web wurde angelegt und behalten: Starten Sie ihn nochmals, oder entfernen Sie ihn.',
  );
});

test('the engine’s own words, which people look up, stay as they are', () => {
  for (const words of ['No such container: web', 'driver failed programming external connectivity: Bind for 0.0.0.0:5432 failed: port is already allocated', 'manifest for postgress:17 not found: manifest unknown', '']) {
    expect(saidByMain(words)).toBe(words);
  }
});

test('in English everything stays as it is', () => {
  setSentences({});
  expect(saidByMain('There is no folder /x.')).toBe('There is no folder /x.');
});

type Node = { type: string; [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** What an expression can come to, with `{}` for what is put in; nothing where another function says it. */
function textsOf(node: unknown): string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'Literal':
      return typeof node['value'] === 'string' ? [node['value']] : [];
    case 'TemplateLiteral': {
      const quasis = (node['quasis'] as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
      return [quasis.join('{}')];
    }
    case 'ConditionalExpression':
      return [...textsOf(node['consequent']), ...textsOf(node['alternate'])];
    case 'LogicalExpression':
      return [...textsOf(node['left']), ...textsOf(node['right'])];
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
      return textsOf(node['expression']);
    case 'ArrowFunctionExpression':
      return isNode(node['body']) && (node['body'] as Node).type !== 'BlockStatement' ? textsOf(node['body']) : [];
    default:
      return [];
  }
}

/** Their sentences, or parts of them, are an argument: which one. */
const speakers: Record<string, number> = { Failure: 1, detail: 1, '#describeDisk': 0, dataDiskDamaged: 1, damaged: 1, corrupt: 1, missing: 0, rebuildSteps: 1, inWords: 1, wholeText: 0, listOf: 2, invalid: 1, matching: 1 };
/** Fields that a person reads. */
const spokenFields = new Set(['message', 'hint', 'text', 'reason']);
/** Variables and functions whose whole value is a part of a sentence. */
const parts = new Set(['how', 'missing', 'kept', 'kvmTrouble', 'missingCpuFeature', 'trouble', 'reason']);

/** What the file says to a person. */
function saidIn(file: string): string[] {
  const said: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'NewExpression' || node.type === 'CallExpression') {
      const callee = node['callee'] as Node;
      const name = String(callee['name'] ?? (callee['property'] as Node | undefined)?.['name'] ?? '');
      const at = Object.hasOwn(speakers, name) ? speakers[name] : undefined;
      if (at !== undefined) said.push(...textsOf((node['arguments'] as unknown[])[at]));
    }
    if (node.type === 'Property' && spokenFields.has(String((node['key'] as Node)['name'] ?? ''))) said.push(...textsOf(node['value']));
    if (node.type === 'VariableDeclarator' && parts.has(String((node['id'] as Node)['name'] ?? ''))) said.push(...textsOf(node['init']));
    for (const child of Object.values(node).flat()) if (isNode(child)) visit(child);
  };
  visit(parseAst(readFileSync(join(root, file), 'utf8'), { lang: 'ts' }) as unknown as Node);
  return said;
}

/** What comes to a window; the command line, and what is said in a terminal before there is a window, stay English. */
const spoken = globSync('main/**/*.ts', { cwd: root }).filter((file) => !/\.(?:test|vm|engine\.test|vm-full|soak)\.ts$|^main\/(?:cli|control|testing|tray)\/|\/testing\/|^main\/(?:app|command-line)\.ts$|^main\/web\/(?:main|server|open-browser|phase-lines)\.ts$|^main\/host-socket\//.test(file));
/** With these in the places. */
const sample = (text: string): string => {
  let count = 0;
  return text.replaceAll('{}', () => `X${count++}Y`);
};

describe('no sentence of main is missing in German', () => {
  test.each(spoken.map((file) => [file, [...new Set(saidIn(file))].filter((text) => /\p{L}{3}/u.test(text.replaceAll('{}', '')) && /[ {]/.test(text))] as const).filter(([, texts]) => texts.length > 0))('%s', (_file, texts) => {
    const missing = texts.filter((text) => {
      const english = sample(text);
      const translated = saidByMain(english);
      return translated === english || (english.match(/X\d+Y/g) ?? []).some((value) => !translated.includes(value));
    });
    expect(missing).toEqual([]);
  });

  test('and none is there that nobody says', () => {
    const code = globSync('main/**/*.ts', { cwd: root }).filter((file) => !file.includes('.test.')).map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    const longest = (text: string): string => text.split(/\{\w+\}/).sort((a, b) => b.length - a.length)[0]?.replace(/[:. ]+$/, '').trim() ?? '';
    expect(Object.keys(german).filter((text) => !code.includes(longest(text).replaceAll("'", "\\'")) && !code.includes(longest(text)))).toEqual([]);
  });

  test('with the same places in both', () => {
    const places = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    for (const [english, text] of Object.entries(german)) expect(places(text), english).toEqual(places(english));
  });
});
