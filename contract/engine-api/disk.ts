/** Body of `GET /slipway/disk`. All sizes are bytes. Whole description: `docs/api-extensions.md`. */
export interface DiskSurvey {
  /** On which the engine keeps everything. */
  FileSystem: { Size: number; Free: number };
  Images: {
    /** Layers, unpacked, each counted once. */
    Size: number;
    /** As they came from a registry: kept for pushing and for checking. */
    BlobSize: number;
    Items: DiskImage[];
  };
  Containers: { Size: number; LogSize: number; Items: DiskContainer[] };
  Volumes: { Size: number; Items: DiskVolume[] };
  BuildCache: { Size: number };
  CleanUps: Record<CleanUpName, CleanUp>;
}

export interface DiskImage {
  Id: string;
  Names: string[];
  Size: number;
  /** Of layers that other images stand on as well. */
  SharedSize: number;
  /** How many containers stand on it. */
  Containers: number;
}

export interface DiskContainer {
  Id: string;
  Name: string;
  Image: string;
  State: string;
  /** Its own files. */
  Size: number;
  LogSize: number;
}

export interface DiskVolume {
  Name: string;
  Size: number;
  /** How many containers have it mounted. */
  Users: number;
  Anonymous: boolean;
  /** It is a mount of something else, whose size is not known. */
  Mounted: boolean;
}

/** `all` is `containers`, then `images-unused`; volumes go only when they are asked for by name. */
export type CleanUpName = 'containers' | 'images-dangling' | 'images-unused' | 'volumes-anonymous' | 'volumes-unused' | 'all';

export interface CleanUp {
  /** What the engine will answer as `SpaceReclaimed`. */
  Size: number;
  /** What goes besides, and is not in that figure: logs of containers, blobs of images. */
  OtherSize: number;
  Items: CleanUpItem[];
}

export interface CleanUpItem {
  Kind: 'container' | 'image' | 'volume';
  Id: string;
  /** Names of an image; empty for one without. */
  Names: string[];
  Size: number;
}
