/** A GUID as disks hold it: the first three parts little-endian. @param {string} text `C12A7328-F81F-11D2-BA4B-00A0C93EC93B` */
export function guid(text) {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}
