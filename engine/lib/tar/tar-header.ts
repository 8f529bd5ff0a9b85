/**
 * The 512-byte header block of tar: ustar, GNU and old V7. Source: POSIX.1-2024 `pax`, GNU tar manual "Basic Tar Format".
 *
 * Names, link names, user names and xattr values are *byte strings*: one character per byte (latin1), because file names
 * are bytes and need not be UTF-8. {@link textToBytes} and {@link bytesToText} translate.
 */
export interface TarHeader {
  name: string;
  type: TarEntryType;
  /** Bytes of content that follow; 0 for all but files. */
  size: number;
  /** Permission bits with setuid, setgid and sticky: 0-0o7777. */
  mode: number;
  uid: number;
  gid: number;
  /** Seconds since 1970; may be negative. */
  mtime: number;
  /** 0-999,999,999, on top of `mtime`. */
  mtimeNanoseconds: number;
  /** Target of a symbolic or hard link. */
  linkName: string;
  userName: string;
  groupName: string;
  deviceMajor: number;
  deviceMinor: number;
  /** By name (`security.capability`), from PAX `SCHILY.xattr.` records. */
  xattrs: Record<string, string>;
}

/** Of root, from 1970, without anything that only some kinds of entries have. */
export const plainEntry: Omit<TarHeader, 'name' | 'type' | 'mode'> = {
  size: 0,
  uid: 0,
  gid: 0,
  mtime: 0,
  mtimeNanoseconds: 0,
  linkName: '',
  userName: '',
  groupName: '',
  deviceMajor: 0,
  deviceMinor: 0,
  xattrs: Object.freeze({}),
};

export type TarEntryType = 'file' | 'hardlink' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo';

export const BLOCK_SIZE = 512;

/** What the archive says is no tar. */
export class TarError extends Error {
  readonly code = 'bad-archive';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TarError';
  }
}

export function textToBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** For messages and for APIs that speak Unicode: what is not UTF-8 becomes U+FFFD. */
export function bytesToText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

const typeFlags: Record<string, TarEntryType> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

const flagOfType: Record<TarEntryType, string> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

/** A header block before PAX records and GNU long names are applied; `flag` is the raw type character. */
export interface RawHeader extends Omit<TarHeader, 'type'> {
  flag: string;
}

/** The entry type of a type flag; undefined for those this code does not read (sparse, multi-volume, vendor's). */
export function typeOfFlag(flag: string, name: string): TarEntryType | undefined {
  const type = typeFlags[flag];
  // V7 tar had no type for folders but a slash at the end.
  return type === 'file' && name.endsWith('/') ? 'directory' : type;
}

export function isZeroBlock(block: Buffer): boolean {
  for (let index = 0; index < BLOCK_SIZE; index += 4) if (block.readUInt32LE(index) !== 0) return false;
  return true;
}

/**
 * @param block exactly 512 bytes
 * @throws TarError on a wrong checksum or a number that is none
 */
export function decodeHeader(block: Buffer): RawHeader {
  const stored = number(block, 148, 8, 'checksum');
  const [unsigned, signed] = checksums(block);
  if (stored !== unsigned && stored !== signed) throw new TarError('invalid tar header: the checksum is wrong');
  const magic = block.toString('latin1', 257, 265);
  const isUstar = magic.startsWith('ustar\0');
  const hasOwnerNames = isUstar || magic === 'ustar  \0';
  const prefix = isUstar ? string(block, 345, 155) : '';
  const name = string(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    flag: String.fromCharCode(block[156] ?? 0),
    size: unsignedNumber(block, 124, 12, 'size'),
    mode: number(block, 100, 8, 'mode') & 0o7777,
    uid: unsignedNumber(block, 108, 8, 'uid'),
    gid: unsignedNumber(block, 116, 8, 'gid'),
    mtime: number(block, 136, 12, 'mtime'),
    mtimeNanoseconds: 0,
    linkName: string(block, 157, 100),
    userName: hasOwnerNames ? string(block, 265, 32) : '',
    groupName: hasOwnerNames ? string(block, 297, 32) : '',
    deviceMajor: hasOwnerNames ? unsignedNumber(block, 329, 8, 'device') : 0,
    deviceMinor: hasOwnerNames ? unsignedNumber(block, 337, 8, 'device') : 0,
    xattrs: {},
  };
}

/**
 * One GNU-format block; names longer than their field are cut, so the caller writes a long-name entry before.
 * Numbers beyond octal are written in base 256, which GNU tar, Go and libarchive read.
 */
export function encodeHeaderBlock(header: Omit<RawHeader, 'xattrs' | 'mtimeNanoseconds'>): Buffer {
  const block = Buffer.alloc(BLOCK_SIZE);
  block.write(header.name.slice(0, 100), 0, 'latin1');
  writeNumber(block, 100, 8, header.mode);
  writeNumber(block, 108, 8, header.uid);
  writeNumber(block, 116, 8, header.gid);
  writeNumber(block, 124, 12, header.size);
  writeNumber(block, 136, 12, header.mtime);
  block.write(header.flag, 156, 'latin1');
  block.write(header.linkName.slice(0, 100), 157, 'latin1');
  block.write('ustar  \0', 257, 'latin1');
  block.write(header.userName.slice(0, 31), 265, 'latin1');
  block.write(header.groupName.slice(0, 31), 297, 'latin1');
  if (header.flag === '3' || header.flag === '4') {
    writeNumber(block, 329, 8, header.deviceMajor);
    writeNumber(block, 337, 8, header.deviceMinor);
  }
  const [unsigned] = checksums(block);
  block.write(`${unsigned.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

export function flagOf(type: TarEntryType): string {
  return flagOfType[type];
}

/** Sums of all bytes with the checksum field taken as spaces; some old tars added signed bytes. */
function checksums(block: Buffer): [unsigned: number, signed: number] {
  let unsigned = 8 * 32;
  let high = 0;
  for (let index = 0; index < BLOCK_SIZE; index += 1) {
    if (index === 148) index = 156;
    const byte = block[index] ?? 0;
    unsigned += byte;
    if (byte > 127) high += 1;
  }
  return [unsigned, unsigned - 256 * high];
}

function string(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset);
  return block.toString('latin1', offset, end === -1 || end > offset + length ? offset + length : end);
}

function number(block: Buffer, offset: number, length: number, field: string): number {
  const first = block[offset] ?? 0;
  if ((first & 0x80) !== 0) return base256(block, offset, length, field);
  const text = block.toString('latin1', offset, offset + length).replace(/^[ \0]+|[ \0].*$/gs, '');
  if (!/^[0-7]*$/.test(text)) throw new TarError(`invalid tar header: ${field} is not a number`);
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function unsignedNumber(block: Buffer, offset: number, length: number, field: string): number {
  const value = number(block, offset, length, field);
  if (value < 0) throw new TarError(`invalid tar header: ${field} is negative`);
  return value;
}

/** Two's complement in all but the top bit. */
function base256(block: Buffer, offset: number, length: number, field: string): number {
  const negative = ((block[offset] ?? 0) & 0x40) !== 0;
  let value = negative ? -1n : 0n;
  for (let index = 0; index < length; index += 1) {
    const byte = block[offset + index] ?? 0;
    value = (value << 8n) | BigInt(index === 0 ? (negative ? byte | 0x80 : byte & 0x7f) : byte);
  }
  if (negative) value = BigInt.asIntN(8 * length, value);
  const result = Number(value);
  if (!Number.isSafeInteger(result)) throw new TarError(`invalid tar header: ${field} is too large`);
  return result;
}

function writeNumber(block: Buffer, offset: number, length: number, value: number): void {
  const octal = value >= 0 ? value.toString(8) : '';
  if (value >= 0 && octal.length < length) {
    block.write(`${octal.padStart(length - 1, '0')}\0`, offset, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let index = length - 1; index > 0; index -= 1) {
    block[offset + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  block[offset] = value < 0 ? 0xff : 0x80;
}
