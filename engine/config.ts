import { join } from 'node:path';

/** Where everything of one engine lives and what it may do. Made once, in `main.ts`, from the command line. */
export interface EngineConfig {
  /** Persistent state: content, snapshots, containers, volumes, networks. */
  root: string;
  /** State that a reboot ends: shimd's socket, bundles, crun's state. On tmpfs where there is one. */
  execRoot: string;
  /** The Docker API's unix socket, 0660. */
  socket: string;
  /** virtio-serial ports of the guest channel, or `vsock:PORT` for each connection of it; empty outside the VM. */
  guestPorts: string[];
  /** Key file of the guest channel (32 bytes), made by the host for this VM instance. */
  guestKeyFile?: string;
  /** What the host wants of this start of the VM, `guest/start-order.ts`. */
  guestOrderFile?: string;
  /**
   * `direct`: bind mounts name folders of this machine. `refuse`: this machine is a VM and the user's folders are not
   * in it, so a bind mount is refused with a reason. `shared`: a VM, whose host is asked.
   */
  hostFolders: 'direct' | 'refuse' | 'shared';
  /** With `shared`: the virtio-serial port for files. */
  filePort?: string;
  /** Folder of docker archives that are loaded when their image is not there. */
  builtinImages?: string;
  /** shimd's program; beside the engine's unless said otherwise. */
  shimd?: string;
  /** Registries that may speak plain HTTP: host, host:port or CIDR. 127.0.0.0/8 always may. */
  insecureRegistries: string[];
  /** Addresses that are asked before Docker Hub, in this order: `https://mirror.example`. */
  registryMirrors: string[];
  /** Where the API listens besides the unix socket; none unless asked for. */
  tcp: { host: string; port: number; tls?: { cert: string; key: string; ca?: string; verify: boolean } }[];
}

/** Paths below the data root, in one place so that no two stores collide. */
export function dataPaths(config: Pick<EngineConfig, 'root' | 'execRoot'>) {
  return {
    content: join(config.root, 'content'),
    snapshots: join(config.root, 'snapshots'),
    images: join(config.root, 'images'),
    containers: join(config.root, 'containers'),
    volumes: join(config.root, 'volumes'),
    volumeRecords: join(config.root, 'volume-records'),
    formerVolumes: join(config.root, 'former-volumes'),
    network: join(config.root, 'network'),
    events: join(config.root, 'events'),
    engineId: join(config.root, 'engine-id'),
    shimd: join(config.execRoot, 'shimd'),
    crun: join(config.execRoot, 'crun'),
    netns: join(config.execRoot, 'netns'),
    sandboxes: join(config.execRoot, 'sandboxes'),
  };
}
