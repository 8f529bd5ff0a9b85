const sectionHeaderBytes = 40;
/** IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ */
const readOnlyData = 0x40000040;
const page = 4096;

const alignUp = (value, alignment) => Math.ceil(value / alignment) * alignment;

/**
 * An EFI program that starts a kernel: systemd's stub with the parts that it looks for as further sections, which is what `objcopy --add-section` and `ukify` make.
 * Sources: PE format (Microsoft), "COFF file header" to "section table"; systemd-stub(7).
 * @param {Buffer} stub `linuxx64.efi.stub` @param {{name: string, bytes: Buffer}[]} parts `.osrel`, `.cmdline`, `.linux`, `.initrd`
 */
export function unifiedKernel(stub, parts) {
  const pe = stub.readUInt32LE(0x3c);
  if (stub.toString('latin1', 0, 2) !== 'MZ' || stub.toString('latin1', pe, pe + 4) !== 'PE\0\0') throw new Error('The stub is no PE program.');
  const count = stub.readUInt16LE(pe + 6);
  const optional = pe + 24;
  const table = optional + stub.readUInt16LE(pe + 20);
  const fileAlignment = stub.readUInt32LE(optional + 36);
  const headerBytes = stub.readUInt32LE(optional + 60);
  const tableEnd = table + (count + parts.length) * sectionHeaderBytes;
  if (tableEnd > headerBytes) throw new Error(`The stub's headers have no room for ${parts.length} more sections.`);

  const sections = Array.from({ length: count }, (_, index) => {
    const at = table + index * sectionHeaderBytes;
    return { memoryEnd: stub.readUInt32LE(at + 12) + stub.readUInt32LE(at + 8), fileEnd: stub.readUInt32LE(at + 20) + stub.readUInt32LE(at + 16) };
  });
  // What follows the last section are symbols, which nobody loads.
  const fileEnd = Math.max(...sections.map((section) => section.fileEnd));
  const head = Buffer.alloc(alignUp(fileEnd, fileAlignment));
  stub.copy(head, 0, 0, fileEnd);
  const body = [head];
  let memory = alignUp(Math.max(...sections.map((section) => section.memoryEnd)), page);
  let file = head.length;
  for (const [index, { name, bytes }] of parts.entries()) {
    const padded = Buffer.alloc(alignUp(bytes.length, fileAlignment));
    bytes.copy(padded);
    const at = table + (count + index) * sectionHeaderBytes;
    head.fill(0, at, at + sectionHeaderBytes);
    head.write(name, at, 8, 'latin1');
    head.writeUInt32LE(bytes.length, at + 8);
    head.writeUInt32LE(memory, at + 12);
    head.writeUInt32LE(padded.length, at + 16);
    head.writeUInt32LE(file, at + 20);
    head.writeUInt32LE(readOnlyData, at + 36);
    body.push(padded);
    memory = alignUp(memory + bytes.length, page);
    file += padded.length;
  }
  head.writeUInt16LE(count + parts.length, pe + 6);
  // No symbols, no checksum: firmware looks at neither.
  head.writeUInt32LE(0, pe + 12);
  head.writeUInt32LE(0, pe + 16);
  head.writeUInt32LE(memory, optional + 56);
  head.writeUInt32LE(0, optional + 64);
  return Buffer.concat(body);
}
