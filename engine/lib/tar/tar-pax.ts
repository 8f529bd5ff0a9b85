import type { RawHeader } from './tar-header.ts';
import { TarError } from './tar-header.ts';

const XATTR = 'SCHILY.xattr.';

/**
 * PAX extended header records, `"%d %s=%s\n"` with the length counting itself. Keys and values are byte strings.
 * Source: POSIX.1-2024 `pax`, "pax Extended Header".
 * @throws TarError on a record that is none
 */
export function decodePaxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let offset = 0; offset < content.length; ) {
    const space = content.indexOf(0x20, offset);
    const digits = space === -1 || space - offset > 10 ? '' : content.toString('latin1', offset, space);
    const length = Number.parseInt(digits, 10);
    const end = offset + length;
    if (!/^[1-9][0-9]*$/.test(digits) || end > content.length || content[end - 1] !== 0x0a) throw new TarError('invalid PAX record');
    const equals = content.indexOf(0x3d, space + 1);
    if (equals === -1 || equals >= end) throw new TarError('invalid PAX record: no =');
    records.set(content.toString('latin1', space + 1, equals), content.toString('latin1', equals + 1, end - 1));
    offset = end;
  }
  return records;
}

export function encodePaxRecords(records: Iterable<[key: string, value: string]>): Buffer {
  const parts: string[] = [];
  for (const [key, value] of records) {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length + String(rest.length).length;
    // The number's own digits may carry it over a power of ten.
    if (rest.length + String(length).length !== length) length = rest.length + String(length).length;
    parts.push(`${length}${rest}`);
  }
  return Buffer.from(parts.join(''), 'latin1');
}

/** What `records` change in a header. An empty value means "as if the record were not there". */
export function applyPaxRecords(header: RawHeader, records: Map<string, string>): void {
  for (const [key, value] of records) {
    if (key.startsWith('GNU.sparse.')) throw new TarError('sparse entries are not supported: write the archive without --sparse');
    if (key.startsWith(XATTR)) header.xattrs[key.slice(XATTR.length)] = value;
    if (value === '') continue;
    switch (key) {
      case 'path':
        header.name = withoutNul(value);
        break;
      case 'linkpath':
        header.linkName = withoutNul(value);
        break;
      case 'uname':
        header.userName = withoutNul(value);
        break;
      case 'gname':
        header.groupName = withoutNul(value);
        break;
      case 'size':
        header.size = integer(key, value);
        break;
      case 'uid':
        header.uid = integer(key, value);
        break;
      case 'gid':
        header.gid = integer(key, value);
        break;
      case 'mtime':
        Object.assign(header, decodePaxTime(value));
        break;
      default:
    }
  }
}

/** Records for what the header block cannot hold: xattrs and fractions of a second. */
export function paxRecordsOf(header: Pick<RawHeader, 'mtime' | 'mtimeNanoseconds' | 'xattrs'>): [key: string, value: string][] {
  const records: [string, string][] = Object.entries(header.xattrs).map(([name, value]) => [`${XATTR}${name}`, value]);
  if (header.mtimeNanoseconds !== 0) records.push(['mtime', encodePaxTime(header.mtime, header.mtimeNanoseconds)]);
  return records;
}

function decodePaxTime(value: string): { mtime: number; mtimeNanoseconds: number } {
  const match = /^(-?)([0-9]{1,15})(?:\.([0-9]*))?$/.exec(value);
  if (match === null) throw new TarError(`invalid PAX record: mtime=${value}`);
  const seconds = Number(match[2]);
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  if (match[1] !== '-') return { mtime: seconds, mtimeNanoseconds: nanoseconds };
  return nanoseconds === 0 ? { mtime: 0 - seconds, mtimeNanoseconds: 0 } : { mtime: -seconds - 1, mtimeNanoseconds: 1e9 - nanoseconds };
}

function encodePaxTime(seconds: number, nanoseconds: number): string {
  const [sign, whole, fraction] = seconds >= 0 ? ['', seconds, nanoseconds] : ['-', -seconds - 1, 1e9 - nanoseconds];
  return `${sign}${whole}.${String(fraction).padStart(9, '0')}`;
}

function integer(key: string, value: string): number {
  const result = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(result)) throw new TarError(`invalid PAX record: ${key}=${value}`);
  return result;
}

function withoutNul(value: string): string {
  if (value.includes('\0')) throw new TarError('invalid PAX record: NUL in a name');
  return value;
}
