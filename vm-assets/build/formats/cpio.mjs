/**
 * A cpio archive in the `newc` format, as the kernel unpacks it into its first root (Documentation/driver-api/early-userspace/buffer-format.rst).
 * @param {{path: string, mode: number, body?: Buffer|string, device?: [major: number, minor: number]}[]} entries `mode` with the file type
 * @returns {Buffer} owner 0:0, time 0, inode numbers in order
 */
export function writeCpio(entries) {
  const parts = [];
  const pad = (length) => Buffer.alloc((4 - (length % 4)) % 4);
  const all = [...entries, { path: 'TRAILER!!!', mode: 0 }];
  all.forEach(({ path, mode, body = '', device = [0, 0] }, index) => {
    const bytes = Buffer.from(body);
    const name = Buffer.from(`${path}\0`);
    const trailer = index === all.length - 1;
    const fields = [trailer ? 0 : index + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, device[0], device[1], name.length, 0];
    const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
    parts.push(header, name, pad(header.length + name.length), bytes, pad(bytes.length));
  });
  return Buffer.concat(parts);
}
