/** What a file's first bytes are, for a preview. Decided by the bytes alone: names and types of strangers are not believed. */
export type Content = { kind: 'empty' } | { kind: 'text'; text: string } | { kind: 'image'; type: string } | { kind: 'binary' };

const magics: [type: string, at: number, bytes: number[]][] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
  ['image/bmp', 0, [0x42, 0x4d]],
];

/** @param isWhole no byte is missing at the end, so that a character cut in two is a mistake */
export function contentOf(bytes: Uint8Array, isWhole: boolean): Content {
  if (bytes.length === 0) return { kind: 'empty' };
  const magic = magics.find(([, at, expected]) => expected.every((byte, index) => bytes[at + index] === byte));
  if (magic !== undefined) return { kind: 'image', type: magic[0] };
  if (bytes.includes(0)) return { kind: 'binary' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return { kind: 'text', text };
  } catch {
    return { kind: 'binary' };
  }
}

/** `00000010  48 65 6c 6c 6f …  Hello`, sixteen bytes a line. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += 16) {
    const row = [...bytes.subarray(offset, offset + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}
