/** A file or folder on its way into an engine. Names are relative, with slashes. */
export interface TarItem {
  name: string;
  /** null for a folder. */
  blob: Blob | null;
  /** Milliseconds since the epoch. */
  modified: number;
}

export interface TarOwner {
  uid: number;
  gid: number;
}

const block = 512;
const encoder = new TextEncoder();

/** Bytes of the whole archive. */
export function tarSize(items: readonly TarItem[]): number {
  return items.reduce((sum, { name, blob }) => sum + headersOf({ name, blob, modified: 0 }, { uid: 0, gid: 0 }).length + padded(blob?.size ?? 0), 2 * block);
}

/** A tar of the items as it is read, in the POSIX pax format: names are UTF-8 and as long as they are. */
export function tarStream(items: readonly TarItem[], owner: TarOwner): ReadableStream<Uint8Array> {
  const pieces = makePieces(items, owner);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

async function* makePieces(items: readonly TarItem[], owner: TarOwner): AsyncGenerator<Uint8Array, void, undefined> {
  for (const item of items) {
    yield headersOf(item, owner);
    if (item.blob === null) continue;
    const reader = item.blob.stream().getReader();
    let sent = 0;
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        sent += next.value.length;
        yield next.value;
      }
    } finally {
      reader.releaseLock();
    }
    if (sent !== item.blob.size) throw new Error(`${item.name} changed while it was read`);
    const rest = padded(sent) - sent;
    if (rest > 0) yield new Uint8Array(rest);
  }
  yield new Uint8Array(2 * block);
}

function headersOf({ name, blob, modified }: TarItem, owner: TarOwner): Uint8Array {
  const isFolder = blob === null;
  const full = encoder.encode(isFolder ? `${name}/` : name);
  const size = blob?.size ?? 0;
  const records: [string, string][] = [];
  if (full.length > 100 || full.some((byte) => byte > 127)) records.push(['path', isFolder ? `${name}/` : name]);
  if (size >= 8 ** 11) records.push(['size', String(size)]);
  const header = headerBlock({ name: full.slice(0, 100), flag: isFolder ? '5' : '0', size: Math.min(size, 8 ** 11 - 1), mode: isFolder ? 0o755 : 0o644, modified, owner });
  if (records.length === 0) return header;
  const body = paxBody(records);
  const parts = [headerBlock({ name: encoder.encode('PaxHeaders/entry'), flag: 'x', size: body.length, mode: 0o644, modified, owner }), body, new Uint8Array(padded(body.length) - body.length), header];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Source: POSIX.1-2024 `pax`, ustar interchange format. */
function headerBlock({ name, flag, size, mode, modified, owner }: { name: Uint8Array; flag: string; size: number; mode: number; modified: number; owner: TarOwner }): Uint8Array {
  const header = new Uint8Array(block);
  const put = (offset: number, text: string): void => header.set(encoder.encode(text), offset);
  const octal = (value: number, digits: number): string => Math.max(0, Math.floor(value)).toString(8).padStart(digits, '0').slice(-digits);
  header.set(name, 0);
  put(100, `${octal(mode, 7)}\0${octal(owner.uid, 7)}\0${octal(owner.gid, 7)}\0${octal(size, 11)}\0${octal(modified / 1000, 11)}\0        ${flag}`);
  put(257, 'ustar\x0000');
  put(148, `${octal(header.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
  return header;
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxBody(records: readonly [string, string][]): Uint8Array {
  return encoder.encode(
    records
      .map(([key, value]) => {
        const rest = ` ${key}=${value}\n`;
        const bytes = encoder.encode(rest).length;
        let length = bytes + String(bytes).length;
        if (bytes + String(length).length !== length) length = bytes + String(length).length;
        return `${length}${rest}`;
      })
      .join(''),
  );
}

const padded = (size: number): number => Math.ceil(size / block) * block;
