/** Row of `GET /images/json`. */
export interface ImageSummary {
  /** Digest of the image's config: `sha256:…`. */
  Id: string;
  ParentId: string;
  RepoTags: string[];
  RepoDigests: string[];
  /** Unix seconds. */
  Created: number;
  /** Bytes of all unpacked layers. */
  Size: number;
  SharedSize: number;
  Labels: Record<string, string> | null;
  /** Containers that use the image; -1 for clients before 1.51. */
  Containers: number;
  /** As Size; before 1.44 only. */
  VirtualSize?: number;
  /** With `manifests=1`, from 1.47 on. */
  Manifests?: ManifestSummary[];
}

export interface OciPlatform {
  architecture: string;
  os: string;
  variant?: string;
}

/** Source: OCI image-spec `descriptor.md`. */
export interface OciDescriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
  platform?: Partial<OciPlatform>;
  annotations?: Record<string, string>;
}

/** One platform's image, or an attestation, of what an image's name leads to. */
export interface ManifestSummary {
  /** Digest of the manifest. */
  ID: string;
  Descriptor: OciDescriptor;
  /** Config and layers are here. */
  Available: boolean;
  /** Bytes of the blobs that are here; together with what is unpacked of them. */
  Size: { Content: number; Total: number };
  Kind: 'image' | 'attestation' | 'unknown';
  ImageData?: {
    Platform: OciPlatform;
    /** Ids of the containers that stand on it. */
    Containers: string[];
    Size: { Unpacked: number };
  };
  AttestationData?: { For: string };
}

/** Body of `GET /distribution/{name}/json`. */
export interface DistributionInspect {
  Descriptor: OciDescriptor;
  Platforms: (Partial<OciPlatform> & { 'os.version'?: string })[];
}

/** Row of `GET /images/search`. */
export interface SearchResult {
  star_count: number;
  is_official: boolean;
  name: string;
  is_automated: boolean;
  description: string;
}

/** Body of `POST /images/prune`. */
export interface ImagePruneReport {
  ImagesDeleted: ({ Untagged: string } | { Deleted: string })[] | null;
  /** Bytes. */
  SpaceReclaimed: number;
}

/** The `config` member of an OCI image config as Docker spells it in inspect. */
export interface ImageRunConfig {
  User?: string;
  ExposedPorts?: Record<string, object> | null;
  Env?: string[] | null;
  Entrypoint?: string[] | null;
  Cmd?: string[] | null;
  Volumes?: Record<string, object> | null;
  WorkingDir?: string;
  Labels?: Record<string, string> | null;
  StopSignal?: string;
  Shell?: string[] | null;
  Healthcheck?: { Test?: string[]; Interval?: number; Timeout?: number; StartPeriod?: number; StartInterval?: number; Retries?: number };
  ArgsEscaped?: boolean;
  OnBuild?: string[] | null;
}

/** Body of `GET /images/{name}/json`. */
export interface ImageInspect {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Parent: string;
  Comment: string;
  /** RFC 3339; absent where the image does not say, from 1.44 on. */
  Created?: string;
  DockerVersion: string;
  Author: string;
  /** The container of which the image was made by commit; before 1.45 only, as is its config. */
  Container?: string;
  ContainerConfig?: object;
  Config: ImageRunConfig & LegacyConfig;
  Architecture: string;
  Variant?: string;
  Os: string;
  Size: number;
  VirtualSize?: number;
  GraphDriver: { Name: string; Data: Record<string, string> };
  RootFS: { Type: 'layers'; Layers?: string[] };
  Metadata: { LastTagTime: string };
  /** With `manifests=1`, from 1.48 on. */
  Manifests?: ManifestSummary[];
}

/** What image inspect shows of a container's config without any image having it; before 1.50 only. */
export interface LegacyConfig {
  Hostname?: string;
  Domainname?: string;
  AttachStdin?: boolean;
  AttachStdout?: boolean;
  AttachStderr?: boolean;
  Tty?: boolean;
  OpenStdin?: boolean;
  StdinOnce?: boolean;
  Image?: string;
}
