import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, test } from 'vitest';
import { german } from '../locales/de/index.ts';
import { english } from '../locales/en/index.ts';
import { setLanguage, t } from './i18n.ts';

const renderer = join(import.meta.dirname, '..');
type Texts = { [name: string]: string | Texts };

/** `path` → text of all texts below. */
function flat(texts: Texts, prefix = ''): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (typeof text === 'string' ? [[`${prefix}${name}`, text]] : Object.entries(flat(text, `${prefix}${name}.`)))));
}
const en = flat(english as unknown as Texts);
const de = flat(german as unknown as Texts);
/** Placeholders with their format, and tags; `one` and `zero` may leave the figure out where a word says it. */
const marksOf = (text: string): string[] => [...new Set([...text.matchAll(/\{\{[^}]+\}\}|<\w+>/g)].map(([mark]) => mark))].sort();

describe('catalogues', () => {
  test('German has the keys of English, no more and no fewer', () => {
    expect(Object.keys(de)).toEqual(Object.keys(en));
  });

  test.each(Object.keys(en))('%s has the same placeholders and tags in both', (key) => {
    const may = /_(?:one|zero)$/.test(key) ? (mark: string): boolean => !mark.startsWith('{{count') : () => true;
    expect(marksOf(de[key] ?? '').filter(may)).toEqual(marksOf(en[key] ?? '').filter(may));
    if (en[key] !== '') expect(de[key]).not.toBe('');
  });

  test('every plural has a form for one and a form for many', () => {
    for (const key of Object.keys(en)) {
      const stem = /^(.*)_(?:zero|one|other)$/.exec(key)?.[1];
      if (stem !== undefined) expect(en, stem).toMatchObject({ [`${stem}_one`]: expect.any(String), [`${stem}_other`]: expect.any(String) });
    }
  });
});

describe('a text', () => {
  test('comes in the language that was chosen, with its own figures and plurals', async () => {
    expect(t('actions:containers', { count: 1204 })).toBe('1,204 containers');
    await setLanguage('de');
    expect([t('actions:containers', { count: 1204 }), t('images:removeDialog.keep')]).toEqual(['1.204 Container', 'Behalten']);
    await setLanguage('en');
    expect(t('images:removeDialog.keep')).toBe('Keep');
  });

  test('keeps a value that looks like a placeholder or a lookup as it is', () => {
    expect(t('containers:more', { name: '{{name}} $t(common:copy) <b>' })).toBe('More for {{name}} $t(common:copy) <b>');
  });
});

/** Attributes that a person reads or hears. */
const spoken = new Set(['aria-label', 'aria-description', 'aria-valuetext', 'title', 'label', 'placeholder', 'alt', 'body', 'confirm', 'keep', 'listLabel']);
/** Names, and examples that are the same in every language. */
const sameEverywhere = /^(?:Slipway|GB|MB|NAME|docker [a-z]+.*|localhost:?|[a-z-]+:[a-z.]+|orders-data|\/[a-z]+|udp)$/;

type Node = { type: string; [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
const literal = (value: unknown): string | undefined => (isNode(value) && value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined);

/** What a component says in words of its own: texts between tags, spoken attributes, and strings in braces between tags. */
function writtenTexts(file: string): string[] {
  const found: string[] = [];
  const look = (text: string | undefined): void => {
    const words = text?.replace(/&\w+;/g, ' ').trim() ?? '';
    if (/\p{L}{2}/u.test(words) && !sameEverywhere.test(words)) found.push(words);
  };
  const visit = (node: Node, parent?: Node): void => {
    if (node.type === 'JSXText') look(node['value'] as string);
    if (node.type === 'JSXAttribute' && spoken.has((node['name'] as { name: string }).name)) look(literal(node['value']));
    if (node.type === 'JSXExpressionContainer' && parent?.type !== 'JSXAttribute') look(literal(node['expression']));
    for (const child of Object.values(node).flat()) if (isNode(child)) visit(child, node);
  };
  visit(parseAst(readFileSync(file, 'utf8'), { lang: 'tsx' }) as unknown as Node);
  return found;
}

test('words of a component are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'texts-'));
  const file = join(folder, 'words.tsx');
  writeFileSync(file, `export const Words = () => <p aria-label="Spoken words" className="not spoken">Between tags {'in braces'} {\`{}\`}</p>;`);
  expect(writtenTexts(file)).toEqual(['Spoken words', 'Between tags', 'in braces']);
  rmSync(folder, { recursive: true });
});

test.each(globSync('{.,features/**,components/**}/*.tsx', { cwd: renderer }))('%s holds no text of its own', (file) => {
  expect(writtenTexts(join(renderer, file))).toEqual([]);
});

test('every key that is looked up by its name is used somewhere', () => {
  const code = globSync('{.,features/**,components/**,stores/**,format/**,i18n/**}/*.{ts,tsx}', { cwd: renderer })
    .filter((file) => !file.includes('.test.'))
    .map((file) => readFileSync(join(renderer, file), 'utf8'))
    .join('\n');
  const isUsed = (key: string): boolean => {
    const [namespace = '', ...rest] = key.split('.');
    const path = rest.join('.').replace(/_(?:zero|one|other)$/, '');
    const parts = path.split('.');
    // A key may be put together: `images:transfer.phases.${phase}`.
    return code.includes(`${namespace}:${path}`) || parts.some((_, index) => code.includes(`${namespace}:${parts.slice(0, index).map((part) => `${part}.`).join('')}\${`));
  };
  // Words that screens share stand ready; a feature's own text without a use is a leftover.
  expect(Object.keys(en).filter((key) => !/^(?:common|shell\.destinations)\./.test(key) && !isUsed(key))).toEqual([]);
});
