/** A tar of a few small files, for requests that upload one. */
export const TarWriter = {
  /** @param files content by name; a name that ends in `/` is a folder */
  of(files: Record<string, string>): Buffer {
    const blocks = Object.entries(files).flatMap(([name, content]) => {
      const body = Buffer.from(content);
      return [header(name, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
    });
    return Buffer.concat([...blocks, Buffer.alloc(1024)]);
  },
};

function header(name: string, size: number): Buffer {
  const folder = name.endsWith('/');
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write(folder ? '0000755\0' : '0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  // 2026-01-01T00:00:00Z
  block.write(`${(1767225600).toString(8).padStart(11, '0')}\0`, 136);
  block.write('        ', 148);
  block.write(folder ? '5' : '0', 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
