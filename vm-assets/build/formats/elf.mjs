/** The few facts of ELF files (64-bit, little-endian: both our architectures) that the build needs, for any architecture. */

export const isElf = (bytes) => bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f454c46;

/** Libraries the dynamic linker will ask for (DT_NEEDED) and its own path (PT_INTERP). @returns {{needed: string[], interpreter: string | null}} */
export function dynamicNeeds(bytes) {
  const headers = programHeaders(bytes);
  const interp = headers.find((header) => header.type === 3);
  const interpreter = interp ? bytes.subarray(interp.offset, interp.offset + interp.fileSize - 1).toString('latin1') : null;
  const dynamic = headers.find((header) => header.type === 2);
  if (!dynamic) return { needed: [], interpreter };
  const entries = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileSize; at += 16) entries.push([Number(bytes.readBigUInt64LE(at)), Number(bytes.readBigUInt64LE(at + 8))]);
  const strings = entries.find(([tag]) => tag === 5)?.[1] ?? 0;
  const segment = headers.find((header) => header.type === 1 && strings >= header.address && strings < header.address + header.fileSize);
  const table = strings - segment.address + segment.offset;
  const needed = entries.filter(([tag]) => tag === 1).map(([, at]) => bytes.subarray(table + at, bytes.indexOf(0, table + at)).toString('latin1'));
  return { needed, interpreter };
}

/**
 * Drops what no loader reads: section headers, symbols for debuggers. Like `strip`, for any architecture, without the host's binutils.
 * @returns {Buffer} a shorter copy
 */
export function stripSections(bytes) {
  const end = Math.max(64, ...programHeaders(bytes).map((header) => header.offset + header.fileSize), programHeadersEnd(bytes));
  const stripped = Buffer.from(bytes.subarray(0, end));
  stripped.writeBigUInt64LE(0n, 40);
  stripped.writeUInt16LE(0, 58);
  stripped.writeUInt16LE(0, 60);
  stripped.writeUInt16LE(0, 62);
  return stripped;
}

/**
 * Leaves out the zeros at the end of the last segment, which a loader makes by itself (memory size above file size), and the section headers:
 * a third of a vmlinux.
 * @returns {Buffer} a shorter copy
 */
export function trimLastSegment(bytes) {
  const last = programHeaders(bytes).filter((header) => header.type === 1).reduce((a, b) => (b.offset > a.offset ? b : a));
  let end = last.offset + last.fileSize;
  while (end > last.offset && bytes[end - 1] === 0) end -= 1;
  const trimmed = Buffer.from(bytes);
  trimmed.writeBigUInt64LE(BigInt(end - last.offset), last.at + 32);
  return stripSections(trimmed);
}

const programHeadersEnd = (bytes) => Number(bytes.readBigUInt64LE(32)) + bytes.readUInt16LE(54) * bytes.readUInt16LE(56);

function programHeaders(bytes) {
  const [start, size, count] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54), bytes.readUInt16LE(56)];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      at,
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      fileSize: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
}

/** Bytes of a section by name, or null. Works on relocatable files such as kernel modules. */
export function section(bytes, wanted) {
  const [start, size, count, names] = [Number(bytes.readBigUInt64LE(40)), bytes.readUInt16LE(58), bytes.readUInt16LE(60), bytes.readUInt16LE(62)];
  const at = (index) => {
    const header = start + index * size;
    return { name: bytes.readUInt32LE(header), offset: Number(bytes.readBigUInt64LE(header + 24)), size: Number(bytes.readBigUInt64LE(header + 32)) };
  };
  const table = at(names);
  for (let index = 0; index < count; index += 1) {
    const entry = at(index);
    const nameAt = table.offset + entry.name;
    if (bytes.subarray(nameAt, bytes.indexOf(0, nameAt)).toString('latin1') === wanted) return bytes.subarray(entry.offset, entry.offset + entry.size);
  }
  return null;
}
