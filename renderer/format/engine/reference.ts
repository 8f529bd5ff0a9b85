import { t } from '../../i18n/i18n.ts';

/** `ghcr.io/org/app:1.2` in its two readable parts; a digest stays with the tag part. */
export function splitReference(reference: string): { name: string; tag: string } {
  const at = reference.indexOf('@');
  if (at >= 0) return { name: reference.slice(0, at), tag: reference.slice(at) };
  const colon = reference.lastIndexOf(':');
  if (colon < 0 || reference.indexOf('/', colon) >= 0) return { name: reference, tag: '' };
  return { name: reference.slice(0, colon), tag: reference.slice(colon) };
}

/** The familiar spelling that the engine lists: no `docker.io/library/`, the tag `latest` when none is given. */
export function familiarReference(reference: string): string {
  const plain = reference.trim().replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
  const { tag } = splitReference(plain);
  return tag === '' ? `${plain}:latest` : plain;
}

/** A first check of what was typed; the engine has the last word. @returns what is wrong, in one sentence. */
export function problemOfReference(reference: string): string | undefined {
  const text = reference.trim();
  if (text === '') return t('common:reference.needed');
  if (/\s/.test(text)) return t('common:reference.spaces');
  const { name } = splitReference(text);
  if (/[A-Z]/.test(name.includes('/') ? name.slice(name.indexOf('/')) : name)) return t('common:reference.small');
  if (!/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/.test(text)) return t('common:reference.letters');
  return undefined;
}

export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
