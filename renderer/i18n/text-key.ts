import type { english } from '../locales/en/index.ts';

type WithoutPlural<Name extends string> = Name extends `${infer Stem}_${'zero' | 'one' | 'other'}` ? Stem : Name;
type PathsOf<Texts> = { [Name in keyof Texts & string]: Texts[Name] extends string ? WithoutPlural<Name> : `${Name}.${PathsOf<Texts[Name]>}` }[keyof Texts & string];

type Catalogue = typeof english;
export type Namespace = keyof Catalogue;
/** Every key of the English catalogue, which is the measure of the others: `containers:columns.name`. */
export type TextKey = { [N in Namespace]: `${N}:${PathsOf<Catalogue[N]>}` }[Namespace];
