import type { TarHeader } from '../tar/tar-header.ts';
import { readXattrs } from '../syscalls/xattr.ts';
import { isScaffolding } from './scaffolding.ts';
import type { TreeWriterOptions } from './tree-writer.ts';

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';
const opaqueXattr = 'trusted.overlay.opaque';

/**
 * An overlay's upperdir as a layer: what overlayfs says with devices 0/0 and xattrs, a layer says with names. Sources: OCI
 * image-spec `layer.md`; kernel `filesystems/overlayfs`; moby `pkg/archive/archive_linux.go`.
 */
export const layerForm: TreeWriterOptions = {
  keepsXattr: (name) => /^(security\.capability$|system\.posix_acl_(access|default)$|user\.|trusted\.)/.test(name) && !/^(user|trusted)\.overlay\./.test(name),

  replace({ path, name, header }) {
    const isFolder = header.type === 'directory';
    if ((isFolder || header.type === 'file') && isScaffolding(isFolder ? header.name.slice(0, -1) : name, { isFolder, size: header.size })) return [];
    const [folder, base] = split(name);
    // In a layer such a name would remove a file; there is no way to say that one is meant.
    if (base.startsWith(whiteout)) return [];
    if (header.type === 'character-device' && header.deviceMajor === 0 && header.deviceMinor === 0) {
      return [{ ...header, type: 'file', name: `${folder}${whiteout}${base}`, mode: 0o600, xattrs: {} }];
    }
    if (header.type !== 'directory' || readXattrs(path, (xattr) => xattr === opaqueXattr)[opaqueXattr] !== 'y') return null;
    const marker: TarHeader = { ...header, type: 'file', name: `${header.name}${opaque}`, mode: header.mode & 0o777, xattrs: {} };
    return [header, marker];
  },
};

function split(name: string): [folder: string, base: string] {
  const at = name.lastIndexOf('/') + 1;
  return [name.slice(0, at), name.slice(at)];
}
