import type { english } from '../locales/en/index.ts';

type Form = 'zero' | 'one' | 'other';
type WithoutPlural<Name extends string> = Name extends `${infer Stem}_${Form}` ? Stem : Name;
type PathsOf<Texts> = { [Name in keyof Texts & string]: Texts[Name] extends string ? WithoutPlural<Name> : `${Name}.${PathsOf<Texts[Name]>}` }[keyof Texts & string];
type PluralsOf<Texts> = { [Name in keyof Texts & string]: Texts[Name] extends string ? (Name extends `${infer Stem}_other` ? Stem : never) : `${Name}.${PluralsOf<Texts[Name]>}` }[keyof Texts & string];

type Catalogue = typeof english;
export type Namespace = keyof Catalogue;
/** Every key of the English catalogue, which is the measure of the others: `containers:columns.name`. */
export type TextKey = { [N in Namespace]: `${N}:${PathsOf<Catalogue[N]>}` }[Namespace];
/** Those with a form for one and a form for many, which take `count`. */
export type PluralKey = { [N in Namespace]: `${N}:${PluralsOf<Catalogue[N]>}` }[Namespace];

export type TextValues = Record<string, string | number>;
/** What a key needs: `count` for a plural one. */
export type ValuesFor<K extends TextKey> = K extends PluralKey ? [values: TextValues & { count: number }] : [values?: TextValues];
