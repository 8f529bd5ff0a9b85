import type { DistributionInspect } from '../../../contract/engine-api/image.ts';
import { NotFoundError, UnauthorizedError } from '../../errors.ts';
import type { Credentials } from '../../registry/authorizer.ts';
import { readBody } from '../../registry/http-get.ts';
import type { Registries } from '../../registry/registries.ts';
import type { RegistryClient } from '../../registry/registry-client.ts';
import { RegistryError } from '../../registry/registry-error.ts';
import { parseImageConfig } from '../model/image-config.ts';
import { isAttestation, parseManifest } from '../model/manifest.ts';
import type { Reference } from '../reference/reference.ts';
import { parseReference, withDefaultTag } from '../reference/reference.ts';

/** Configs are JSON of a few kilobytes; the largest known have a few hundred. */
const MAX_CONFIG = 8 * 1024 * 1024;

/**
 * What a registry has under a name, without pulling it; see `ImageService.distribution`. Source: moby
 * `daemon/server/router/distribution/distribution_routes.go`.
 */
export async function inspectDistribution(registries: Registries, text: string, options: { credentials?: Credentials; signal?: AbortSignal; log: (line: string) => void }): Promise<DistributionInspect> {
  const reference = withDefaultTag(parseReference(text));
  return registries.read(reference, options, (client) => inspectAt(client, reference, options.signal));
}

async function inspectAt(client: RegistryClient, reference: Reference, signal?: AbortSignal): Promise<DistributionInspect> {
  try {
    const { bytes, digest, mediaType } = await client.manifest(reference.digest ?? reference.tag ?? 'latest', signal);
    const manifest = parseManifest(bytes);
    const Descriptor = { mediaType, digest, size: bytes.length };
    if (manifest.kind === 'index') {
      return { Descriptor, Platforms: manifest.manifests.filter((entry) => !isAttestation(entry)).flatMap(({ platform }) => platform ?? []) };
    }
    const config = parseImageConfig(await readBody(await client.blob(manifest.config.digest, 0, signal), MAX_CONFIG));
    const { os, architecture, variant } = config;
    return { Descriptor, Platforms: [{ architecture, os, ...(variant === undefined ? {} : { variant }) }] };
  } catch (error) {
    throw inTheUsersWords(error);
  }
}

/** A registry that hides what it has says "denied" of what is not there. */
function inTheUsersWords(error: unknown): unknown {
  if (!(error instanceof RegistryError)) return error;
  if (error.code === 'MANIFEST_UNKNOWN' || error.code === 'NAME_UNKNOWN') return new NotFoundError(error.message, { cause: error });
  if (error.code === 'DENIED' || error.code === 'UNAUTHORIZED') return new UnauthorizedError(error.message, { cause: error });
  return error;
}
