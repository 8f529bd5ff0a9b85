import type { Digest } from '../../content/digest.ts';
import { parseDigest } from '../../content/digest.ts';
import { InvalidParameterError } from '../../errors.ts';
import { parseObject } from './image-config.ts';
import type { Platform } from './platform.ts';

/** Source: OCI image-spec `descriptor.md`. */
export interface Descriptor {
  mediaType: string;
  digest: Digest;
  /** Bytes. */
  size: number;
  platform?: Partial<Platform>;
  annotations: Record<string, string>;
}

export interface ImageManifest {
  kind: 'manifest';
  mediaType: string;
  config: Descriptor;
  layers: Descriptor[];
}

/** A manifest for each platform. */
export interface ImageIndex {
  kind: 'index';
  manifests: Descriptor[];
}

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Configs that are images; others are charts, signatures and whatever else registries hold. */
const CONFIG_TYPES = ['application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json', 'application/octet-stream', ''];

/**
 * Reads an image manifest or index, OCI's or Docker's (schema 2). Source: OCI image-spec `manifest.md`, `image-index.md`.
 * @throws InvalidParameterError
 */
export function parseManifest(bytes: Uint8Array): ImageManifest | ImageIndex {
  const json = parseObject(bytes, 'manifest');
  const mediaType = typeof json['mediaType'] === 'string' ? json['mediaType'] : '';
  if (json['schemaVersion'] === 1) {
    throw new InvalidParameterError('Docker Image manifest version 2, schema 1 is not supported: ask the image\'s author to push it again with a current docker');
  }
  if (json['schemaVersion'] !== 2) throw new InvalidParameterError(`unsupported manifest: schemaVersion ${JSON.stringify(json['schemaVersion'])}`);
  if (Array.isArray(json['manifests'])) {
    return { kind: 'index', manifests: json['manifests'].map((item) => parseDescriptor(item, 'index')) };
  }
  if (json['config'] === undefined || !Array.isArray(json['layers'])) throw new InvalidParameterError(`unsupported manifest type ${mediaType}: neither an image nor an index`);
  const config = parseDescriptor(json['config'], 'manifest');
  if (!CONFIG_TYPES.includes(config.mediaType)) {
    throw new InvalidParameterError(`unsupported media type ${config.mediaType}: the reference names something that is not a container image`);
  }
  return { kind: 'manifest', mediaType: mediaType || OCI_MANIFEST, config, layers: json['layers'].map((item) => parseDescriptor(item, 'manifest')) };
}

/** Build attestations stand in an index beside the images, with a platform of `unknown/unknown`. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations['vnd.docker.reference.type'] === 'attestation-manifest' || platform?.os === 'unknown';
}

export function parseDescriptor(value: unknown, where: string): Descriptor {
  if (typeof value !== 'object' || value === null) throw new InvalidParameterError(`invalid ${where}: a descriptor is no object`);
  const { mediaType, digest, size, platform, annotations, urls } = value as Record<string, unknown>;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw new InvalidParameterError(`invalid ${where}: a descriptor has no size`);
  if (typeof mediaType === 'string' && mediaType.includes('foreign') && Array.isArray(urls)) {
    throw new InvalidParameterError(`invalid ${where}: foreign layers are not supported`);
  }
  return {
    mediaType: typeof mediaType === 'string' ? mediaType : '',
    digest: parseDigest(digest, where),
    size,
    ...(typeof platform === 'object' && platform !== null ? { platform: platform as Partial<Platform> } : {}),
    annotations: typeof annotations === 'object' && annotations !== null ? (annotations as Record<string, string>) : {},
  };
}
