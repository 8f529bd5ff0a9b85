/** Members of an ar(5) archive, which a .deb is. @returns {Map<string, Buffer>} by name */
export function readAr(bytes) {
  if (bytes.subarray(0, 8).toString('latin1') !== '!<arch>\n') throw new Error('Not an ar archive, so not a .deb.');
  const members = new Map();
  for (let offset = 8; offset + 60 <= bytes.length; ) {
    const header = bytes.subarray(offset, offset + 60).toString('latin1');
    const size = Number(header.slice(48, 58));
    members.set(header.slice(0, 16).trim().replace(/\/$/, ''), bytes.subarray(offset + 60, offset + 60 + size));
    offset += 60 + size + (size % 2);
  }
  return members;
}
