import type { DiskUsageResponse, InfoResponse } from '../../../contract/engine-api/system.ts';

/** What older clients read of the system differently. Source: moby `daemon/server/router/system/system_routes.go`. */

/** @param version minor API version of the request @param info the newest shape */
export function infoFor(version: number, info: InfoResponse): InfoResponse {
  if (version >= 50) return info;
  const older: InfoResponse = { ...info, BridgeNfIptables: false, BridgeNfIp6tables: false };
  if (version < 49) {
    delete older.FirewallBackend;
    for (const name of ['ContainerdCommit', 'RuncCommit', 'InitCommit']) {
      const { ID } = info[name] as { ID: string };
      older[name] = { ID, Expected: ID };
    }
  }
  if (version < 47) {
    older.RegistryConfig = { AllowNondistributableArtifactsCIDRs: null, AllowNondistributableArtifactsHostnames: null, ...(info.RegistryConfig as object) };
  }
  if (version < 44) {
    older.Runtimes = Object.fromEntries(Object.entries(info.Runtimes as Record<string, { path: string }>).map(([name, { path }]) => [name, { path }]));
  }
  if (version < 25) {
    older.ExecutionDriver = '<not supported>';
    older.SecurityOptions = (info.SecurityOptions as string[]).map((option) => /(?:^|,)name=([^,]*)/.exec(option)?.[1] ?? option);
  }
  return older;
}

export function diskUsageFor(version: number, usage: DiskUsageResponse): DiskUsageResponse {
  if (version >= 44 || usage.Images === null) return usage;
  return { ...usage, Images: usage.Images.map((image) => ({ ...image, VirtualSize: image.Size })) };
}
