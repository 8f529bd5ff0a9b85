import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
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

function writtenTexts(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const look = (text: string): void => {
    const words = text.replace(/&\w+;/g, ' ').trim();
    if (/\p{L}{2}/u.test(words) && !sameEverywhere.test(words)) found.push(words);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) look(node.text);
    if (ts.isJsxAttribute(node) && spoken.has(node.name.getText()) && node.initializer !== undefined && ts.isStringLiteral(node.initializer)) look(node.initializer.text);
    if (ts.isJsxExpression(node) && node.expression !== undefined && ts.isStringLiteralLike(node.expression) && !ts.isJsxAttribute(node.parent)) look(node.expression.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

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
