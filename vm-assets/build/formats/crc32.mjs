/** Reversed polynomials: of GPT (and zip), and Castagnoli's, of VHDX. */
export const polynomials = { ieee: 0xedb88320, castagnoli: 0x82f63b78 };

const tables = new Map();

/** @param {Buffer} bytes @param {number} polynomial @returns {number} unsigned */
export function crc32(bytes, polynomial = polynomials.ieee) {
  let table = tables.get(polynomial);
  if (table === undefined) tables.set(polynomial, (table = makeTable(polynomial)));
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTable(polynomial) {
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? polynomial ^ (value >>> 1) : value >>> 1;
    return value;
  });
}
