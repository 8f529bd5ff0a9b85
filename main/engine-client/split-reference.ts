/**
 * A reference as `POST /images/create` wants it: `fromImage` and `tag`, where the tag may be a digest. Without either the tag
 * is `latest`, as the docker CLI does it: moby pulls every tag of the repository when none is named.
 */
export function splitReference(reference: string): { fromImage: string; tag: string } {
  const at = reference.indexOf('@');
  if (at >= 0) return { fromImage: reference.slice(0, at), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  if (colon > reference.lastIndexOf('/')) return { fromImage: reference.slice(0, colon), tag: reference.slice(colon + 1) };
  return { fromImage: reference, tag: 'latest' };
}
