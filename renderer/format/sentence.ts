import { saidByMain } from '../i18n/said-by-main.ts';

/** Joins what is and what to do, each as a whole sentence: engines write them with and without a full stop. What `main` says comes in the window's language. */
export function sentences(...parts: (string | undefined)[]): string {
  return parts
    .map((part) => saidByMain(part?.trim() ?? ''))
    .filter((part) => part !== '')
    .map((part) => (/[.!?…:]$/.test(part) ? part : `${part}.`))
    .join(' ');
}

// Characters that reorder or hide what stands around them, and control characters.
const deceptive = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** A name or label of a stranger as it can be shown: nothing in it pretends to be something else (`gnp.exe` as `exe.png`). */
export function plainName(text: string): string {
  return text.replace(deceptive, '\ufffd');
}
