/** Kernel modules of the image; what they depend on comes with them. Names as `modprobe` takes them. */

/**
 * In the initrd, loaded in this order (each after what it depends on) to reach the root file system. libcrc32c, which erofs needs,
 * asks for an implementation by alias, which only modprobe could follow.
 */
export const initrdModules = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'erofs'];

/** In the initrd of the boot disk, whose root file system lies on a SCSI disk: Hyper-V's, and that of QEMU, where it can be tried. */
export const bootDiskModules = ['virtio_pci', 'virtio_scsi', 'hv_vmbus', 'hv_storvsc', 'sd_mod', 'crc32c_generic', 'erofs'];

/** Loaded by the guest's init before the engine starts, because the engine needs them at once. */
export const earlyModules = ['virtio_console', 'qemu_fw_cfg', 'ext4', 'virtio_net', 'overlay'];

/**
 * Loaded while Node starts, so that neither the engine nor the first container waits for them. Whatever else is in the image the
 * kernel loads by itself through /sbin/modprobe.
 */
export const lateModules = [
  'virtio_rng', 'virtio_balloon', 'bridge', 'br_netfilter', 'veth', 'nf_tables', 'nf_nat', 'nft_chain_nat', 'nft_masq', 'nft_nat', 'nft_ct', 'nft_fib_inet', 'nf_conntrack_netlink',
  // Their device nodes exist only once they are loaded, and are asked for by --device.
  'fuse', 'tun', 'loop',
];

/** In the image, with the reason. A trailing `*` takes all modules of that folder below `kernel/`. */
export const imageModules = {
  'virtio devices of QEMU': ['virtio_pci', 'virtio_blk', 'virtio_net', 'virtio_console', 'virtio_balloon', 'virtio_rng', 'virtio_scsi', 'virtio_mem', 'virtio_pmem', 'virtio_mmio', 'nd_pmem'],
  'devices of Hyper-V': ['hv_vmbus', 'hv_storvsc', 'hv_netvsc', 'hv_balloon', 'hv_utils', 'hv_sock', 'sd_mod'],
  'facts and keys from the host': ['qemu_fw_cfg'],
  'vsock, where the host has it': ['vmw_vsock_virtio_transport', 'vsock_loopback'],
  'root, data disk and images': ['erofs', 'ext4', 'crc32c_generic', 'crc32c_intel', 'overlay', 'loop', 'isofs', 'squashfs', 'xfs', 'btrfs', 'vfat', 'nls_cp437', 'nls_iso8859_1', 'nls_ascii', 'nls_utf8'],
  'folders of the host': ['9p', '9pnet_virtio', '9pnet_fd', 'fuse', 'virtiofs', 'cuse'],
  'volumes on the network': ['nfs', 'nfsv3', 'nfsv4', 'cifs'],
  'bridges and links of containers': ['bridge', 'br_netfilter', 'veth', 'dummy', 'macvlan', 'ipvlan', 'vxlan', 'tun', 'tap', 'macvtap', 'ifb', '8021q', 'bonding', 'wireguard', 'ip_tunnel', 'ipip', 'sit', 'ip_gre', 'geneve'],
  'NAT and filters': ['kernel/net/netfilter/*', 'kernel/net/ipv4/netfilter/*', 'kernel/net/ipv6/netfilter/*', 'kernel/net/bridge/netfilter/*'],
  'rates and faults on links': ['sch_htb', 'sch_tbf', 'sch_netem', 'sch_ingress', 'sch_fq', 'sch_fq_codel', 'cls_u32', 'cls_fw', 'cls_matchall', 'act_mirred', 'act_police', 'tcp_bbr'],
  'sockets of containers': ['unix_diag', 'inet_diag', 'tcp_diag', 'udp_diag', 'netlink_diag', 'af_packet_diag', 'sctp', 'xt_sctp', 'algif_hash', 'algif_skcipher', 'af_key', 'xfrm_user', 'esp4', 'esp6'],
  'compressed memory': ['zram', 'lz4', 'lz4_compress', 'zstd'],
  'clock of arm64 machines': ['rtc-pl031'],
};
