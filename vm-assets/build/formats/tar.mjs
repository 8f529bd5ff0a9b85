/**
 * tar, as far as packages and image layers need it: ustar, GNU long names, PAX paths in; ustar out, with nothing in it that
 * differs between two machines.
 */

/** @yields {{path: string, type: 'file'|'directory'|'symlink'|'hardlink'|'other', mode: number, link: string, body: Buffer}} path without leading `./` */
export function* readTar(bytes) {
  let longName = null;
  let longLink = null;
  let pax = {};
  for (let offset = 0; offset + 512 <= bytes.length; ) {
    const header = bytes.subarray(offset, offset + 512);
    if (header[0] === 0) break;
    const text = (start, length) => {
      const field = header.subarray(start, start + length);
      const end = field.indexOf(0);
      return field.subarray(0, end < 0 ? length : end).toString('utf8');
    };
    const octal = (start, length) => Number.parseInt(text(start, length).trim() || '0', 8);
    const size = octal(124, 12);
    const body = bytes.subarray(offset + 512, offset + 512 + size);
    const flag = String.fromCharCode(header[156]);
    offset += 512 + Math.ceil(size / 512) * 512;
    if (flag === 'L') longName = body.toString('utf8').replace(/\0.*$/s, '');
    else if (flag === 'K') longLink = body.toString('utf8').replace(/\0.*$/s, '');
    else if (flag === 'x') pax = parsePax(body.toString('utf8'));
    else {
      const prefix = text(257, 5) === 'ustar' && text(345, 155) !== '' ? `${text(345, 155)}/` : '';
      const path = (pax.path ?? longName ?? prefix + text(0, 100)).replace(/^(\.?\/)+/, '').replace(/\/$/, '');
      const type = { 0: 'file', '\0': 'file', 1: 'hardlink', 2: 'symlink', 5: 'directory' }[flag] ?? 'other';
      yield { path: path === '.' ? '' : path, type, mode: octal(100, 8) & 0o7777, link: pax.linkpath ?? longLink ?? text(157, 100), body };
      [longName, longLink, pax] = [null, null, {}];
    }
  }
}

function parsePax(text) {
  const records = {};
  for (const line of text.split('\n')) {
    const match = /^\d+ ([^=]+)=(.*)$/.exec(line);
    if (match) records[match[1]] = match[2];
  }
  return records;
}

/**
 * @param {{path: string, type?: 'file'|'directory'|'symlink', mode?: number, link?: string, body?: Buffer|string}[]} entries in the order to write
 * @returns {Buffer} ustar, owner 0:0, time 0
 */
export function writeTar(entries) {
  const blocks = [];
  for (const { path, type = 'file', mode = type === 'directory' ? 0o755 : 0o644, link = '', body = '' } of entries) {
    const bytes = Buffer.from(body);
    const name = type === 'directory' ? `${path}/` : path;
    if (Buffer.byteLength(name) > 100) throw new Error(`Too long for a ustar header: ${name}`);
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write({ file: '0', directory: '5', symlink: '2' }[type], 156);
    header.write(link, 157);
    header.write('ustar\x0000', 257, 'latin1');
    let sum = 0;
    for (const byte of header) sum += byte;
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  blocks.push(Buffer.alloc(1024));
  return Buffer.concat(blocks);
}
