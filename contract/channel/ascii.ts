/** Short texts on the channel are ASCII, so that this half needs no text codec of its environment. */
export function asciiBytes(text: string, limit: number): Uint8Array {
  return Uint8Array.from(text.slice(0, limit), (character) => {
    const code = character.charCodeAt(0);
    return code >= 0x20 && code < 0x7f ? code : 0x3f;
  });
}

/** Anything that is not printable ASCII becomes `?`: what comes from the other side may be shown and logged. */
export function asciiText(bytes: Uint8Array): string {
  return Array.from(bytes, (code) => (code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?')).join('');
}
