import { Fragment, type ReactNode } from 'react';
import { t } from './i18n.ts';
import type { TextKey, TextValues, ValuesFor } from './text-key.ts';

export type Tags = Record<string, (children: ReactNode) => ReactNode>;

const usual: Tags = {
  b: (children) => <strong className="isolated">{children}</strong>,
  code: (children) => <code className="isolated">{children}</code>,
};

/**
 * A text with marked parts (`Port {{port}} is taken by <b>{{name}}</b>.`). Tags are those of the catalogue alone: values are put in
 * after the text was taken apart, so that a name like `<b>` stays a name.
 * @param tags what a tag becomes, besides `b` and `code`.
 */
export function Rich({ text, values = {}, tags = {} }: { text: TextKey; values?: TextValues; tags?: Tags }): ReactNode {
  const names = Object.keys(values);
  const marks = Object.fromEntries(names.map((name, index) => [name, name === 'count' ? (values[name] ?? '') : `\ue000${index}\ue001`]));
  const filled = (piece: string): string => piece.replace(/\ue000(\d+)\ue001/g, (_, index: string) => String(values[names[Number(index)] ?? ''] ?? ''));
  return t(text, ...([marks] as ValuesFor<TextKey>))
    .split(/<(\w+)>(.*?)<\/\1>/s)
    .map((piece, index, pieces) => {
      if (index % 3 === 0) return <Fragment key={index}>{filled(piece)}</Fragment>;
      if (index % 3 === 2) return null;
      const draw = tags[piece] ?? usual[piece];
      const inside = filled(pieces[index + 1] ?? '');
      return <Fragment key={index}>{draw === undefined ? inside : draw(inside)}</Fragment>;
    });
}
