import { expect, it } from 'vitest';
import { ModuleTree } from './modules.mjs';

/** A relocatable ELF file with one section, `.modinfo`, as far as the reader looks. */
function moduleFile(records) {
  const info = Buffer.from(records.map((record) => `${record}\0`).join(''));
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const file = Buffer.alloc(64 + info.length + names.length + 3 * 64);
  file.writeUInt32BE(0x7f454c46, 0);
  const table = 64 + info.length + names.length;
  file.writeBigUInt64LE(BigInt(table), 40);
  file.writeUInt16LE(64, 58);
  file.writeUInt16LE(3, 60);
  file.writeUInt16LE(2, 62);
  info.copy(file, 64);
  names.copy(file, 64 + info.length);
  const header = (index, name, offset, size) => {
    file.writeUInt32LE(name, table + index * 64);
    file.writeBigUInt64LE(BigInt(offset), table + index * 64 + 24);
    file.writeBigUInt64LE(BigInt(size), table + index * 64 + 32);
  };
  header(1, 1, 64, info.length);
  header(2, 10, 64 + info.length, names.length);
  return file;
}

const tree = new ModuleTree(
  new Map([
    ['kernel/fs/erofs/erofs.ko', moduleFile(['license=GPL', 'alias=fs-erofs', 'depends=libcrc32c', 'name=erofs'])],
    ['kernel/lib/libcrc32c.ko', moduleFile(['softdep=pre: crc32c-generic post: other', 'depends='])],
    ['kernel/crypto/crc32c-generic.ko', moduleFile(['depends=', 'alias=crypto-crc32c'])],
    ['kernel/net/netfilter/nft_ct.ko', moduleFile(['depends=nf_tables,nf-conntrack', 'alias=nft-expr-ct'])],
    ['kernel/net/netfilter/nf_tables.ko', moduleFile(['depends='])],
    ['kernel/net/netfilter/nf_conntrack.ko', moduleFile(['depends=libcrc32c'])],
    ['kernel/drivers/net/e1000.ko', moduleFile(['depends=', 'alias=pci:v00008086d00001000'])],
  ]),
  'kernel/drivers/char/random.ko\nkernel/net/ipv6/ipv6.ko\n',
);

it('puts what a module needs before it', () => {
  expect(tree.closure(['erofs'])).toEqual(['crc32c_generic', 'libcrc32c', 'erofs']);
  expect(tree.closure(['nft-ct'])).toEqual(['nf_tables', 'crc32c_generic', 'libcrc32c', 'nf_conntrack', 'nft_ct']);
});

it('takes a folder of modules by its name', () => {
  expect(tree.closure(['kernel/net/netfilter/*']).sort()).toEqual(['crc32c_generic', 'libcrc32c', 'nf_conntrack', 'nf_tables', 'nft_ct']);
});

it('tells apart what is built in and what is missing', () => {
  expect(tree.missing(['ipv6', 'erofs', 'nonesuch'])).toEqual(['nonesuch']);
  expect(tree.closure(['ipv6'])).toEqual([]);
});

it('writes modules.dep and modules.alias as modprobe reads them', () => {
  expect(tree.dependencyFile(['erofs', 'libcrc32c', 'crc32c_generic'])).toBe(
    'kernel/crypto/crc32c-generic.ko:\nkernel/fs/erofs/erofs.ko: kernel/lib/libcrc32c.ko kernel/crypto/crc32c-generic.ko\nkernel/lib/libcrc32c.ko: kernel/crypto/crc32c-generic.ko\n',
  );
  expect(tree.aliasFile(['erofs', 'nft_ct', 'e1000'])).toBe('alias fs-erofs erofs\nalias nft-expr-ct nft_ct\n');
});
