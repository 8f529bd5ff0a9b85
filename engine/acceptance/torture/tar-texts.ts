/** Contents of the plain files of a small archive, in order. */
export function tarTexts(tar: Buffer): string[] {
  const texts: string[] = [];
  for (let offset = 0; offset + 512 <= tar.length && tar[offset] !== 0; ) {
    const size = parseInt(tar.toString('latin1', offset + 124, offset + 136), 8);
    const type = String.fromCharCode(tar[offset + 156]!);
    if (type === '0' || type === '\0') texts.push(tar.toString('utf8', offset + 512, offset + 512 + size));
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return texts;
}
