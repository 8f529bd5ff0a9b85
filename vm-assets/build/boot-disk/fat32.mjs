const sector = 512;
const reservedSectors = 32;
/** With fewer clusters it would be a FAT16, whatever it calls itself. */
const fewestClusters = 65_525;
/** 1980-01-01 00:00, the first moment that FAT knows. */
const date = 0x0021;
const attributes = { label: 0x08, directory: 0x10, archive: 0x20 };
const endOfChain = 0x0fffffff;

/**
 * A FAT32 file system with one file, one sector a cluster: for a partition that firmware reads. Most of it are zeros.
 * Source: Microsoft's FAT32 File System Specification 1.03.
 * @param {{path: string[], body: Buffer, startsAtSector: number, multipleOf: number}} content `path` in names of 8.3, as `['EFI', 'BOOT', 'BOOTX64.EFI']`; `multipleOf` bytes is what the size is
 * @returns {Buffer}
 */
export function fat32({ path, body, startsAtSector, multipleOf }) {
  const directories = path.length;
  const bodyClusters = Math.ceil(body.length / sector);
  const wanted = Math.max(fewestClusters + 16, directories + bodyClusters);
  const sectors = Math.ceil((sectorsFor(wanted) * sector) / multipleOf) * (multipleOf / sector);
  // As many as fit: each costs a sector and four bytes in both tables.
  const tableSectors = Math.ceil(((sectors - reservedSectors + 2) * 4) / (sector + 8));
  const clusters = sectors - reservedSectors - 2 * tableSectors;
  const image = Buffer.alloc(sectors * sector);
  const table = new Uint32Array(directories + bodyClusters + 2);
  table.set([0x0ffffff8, endOfChain]);

  const firstSector = bootSector({ sectors, tableSectors, startsAtSector });
  const information = informationSector({ free: clusters - directories - bodyClusters, next: table.length });
  for (const copy of [0, 6]) {
    firstSector.copy(image, copy * sector);
    information.copy(image, (copy + 1) * sector);
  }
  const clusterAt = (cluster) => (reservedSectors + 2 * tableSectors + cluster - 2) * sector;
  // The root directory is cluster 2, each directory of the path the next one, and then comes the file.
  for (const [index, name] of path.entries()) {
    const own = 2 + index;
    const isFile = index === path.length - 1;
    table[own] = endOfChain;
    const entries = [
      ...(index === 0 ? [entry('SLIPWAY    ', attributes.label, 0, 0)] : [entry('.          ', attributes.directory, own, 0), entry('..         ', attributes.directory, index === 1 ? 0 : own - 1, 0)]),
      entry(shortName(name), isFile ? attributes.archive : attributes.directory, own + 1, isFile ? body.length : 0),
    ];
    Buffer.concat(entries).copy(image, clusterAt(own));
  }
  const first = 2 + directories;
  for (let index = 0; index < bodyClusters; index++) table[first + index] = index === bodyClusters - 1 ? endOfChain : first + index + 1;
  body.copy(image, clusterAt(first));
  for (const copy of [0, 1]) table.forEach((value, index) => image.writeUInt32LE(value, (reservedSectors + copy * tableSectors) * sector + index * 4));
  return image;
}

const sectorsFor = (clusters) => reservedSectors + 2 * Math.ceil(((clusters + 2) * 4) / sector) + clusters;

function bootSector({ sectors, tableSectors, startsAtSector }) {
  const block = Buffer.alloc(sector);
  block.write('eb5890', 0, 'hex');
  block.write('MSWIN4.1', 3, 'latin1');
  block.writeUInt16LE(sector, 11);
  block.writeUInt8(1, 13);
  block.writeUInt16LE(reservedSectors, 14);
  block.writeUInt8(2, 16);
  block.writeUInt8(0xf8, 21);
  block.writeUInt16LE(63, 24);
  block.writeUInt16LE(255, 26);
  block.writeUInt32LE(startsAtSector, 28);
  block.writeUInt32LE(sectors, 32);
  block.writeUInt32LE(tableSectors, 36);
  block.writeUInt32LE(2, 44);
  block.writeUInt16LE(1, 48);
  block.writeUInt16LE(6, 50);
  block.writeUInt8(0x80, 64);
  block.writeUInt8(0x29, 66);
  block.writeUInt32LE(0x5119a7a0, 67);
  block.write('SLIPWAY    FAT32   ', 71, 'latin1');
  block.writeUInt16LE(0xaa55, 510);
  return block;
}

function informationSector({ free, next }) {
  const block = Buffer.alloc(sector);
  block.writeUInt32LE(0x41615252, 0);
  block.writeUInt32LE(0x61417272, 484);
  block.writeUInt32LE(free, 488);
  block.writeUInt32LE(next, 492);
  block.writeUInt32LE(0xaa550000, 508);
  return block;
}

function entry(name, attribute, cluster, bytes) {
  const block = Buffer.alloc(32);
  block.write(name, 0, 'latin1');
  block.writeUInt8(attribute, 11);
  for (const at of [16, 18, 24]) block.writeUInt16LE(date, at);
  block.writeUInt16LE(cluster >>> 16, 20);
  block.writeUInt16LE(cluster & 0xffff, 26);
  block.writeUInt32LE(bytes, 28);
  return block;
}

function shortName(name) {
  const [, base, ending = ''] = /^([A-Z0-9]{1,8})(?:\.([A-Z0-9]{1,3}))?$/.exec(name) ?? [];
  if (base === undefined) throw new Error(`${name} is no name of 8.3 in capitals.`);
  return base.padEnd(8) + ending.padEnd(3);
}
