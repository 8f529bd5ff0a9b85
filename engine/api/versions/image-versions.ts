import type { ImageInspect, ImageSummary } from '../../../contract/engine-api/image.ts';

/** What older clients read of images differently. Source: moby `daemon/server/router/image/image_routes.go`. */

/** The text of each row, by the version from which on it reads so. A row of the image service is never changed. */
const texts = new WeakMap<Readonly<ImageSummary>, Map<number, string>>();
const turningPoints = [51, 44, 43, 0];

/** Lists as they went out last, each by the version from which on it reads so. A list of the image service is never changed. */
const lists = new WeakMap<readonly Readonly<ImageSummary>[], Map<number, Buffer>>();

/** The JSON of a list, with a newline. */
export function listBytes(version: number, rows: readonly Readonly<ImageSummary>[]): Buffer {
  const since = turningPoint(version);
  let known = lists.get(rows);
  if (known === undefined) lists.set(rows, (known = new Map()));
  let bytes = known.get(since);
  if (bytes === undefined) known.set(since, (bytes = Buffer.from(`[${rows.map((row) => summaryText(version, row)).join(',')}]\n`)));
  return bytes;
}

/** {@link summaryFor} as JSON: an image may have hundreds of names, and most rows are what they were the last time. */
function summaryText(version: number, row: Readonly<ImageSummary>): string {
  const since = turningPoint(version);
  let known = texts.get(row);
  if (known === undefined) texts.set(row, (known = new Map()));
  let text = known.get(since);
  if (text === undefined) known.set(since, (text = JSON.stringify(summaryFor(version, row))));
  return text;
}

function turningPoint(version: number): number {
  return turningPoints.find((point) => version >= point) ?? 0;
}

/** @param version minor API version of the request */
function summaryFor(version: number, row: Readonly<ImageSummary>): ImageSummary {
  if (version >= 51) return row;
  const older: ImageSummary = { ...row, Containers: -1 };
  if (version < 44) older.VirtualSize = row.Size;
  if (version < 43 && row.RepoTags.length === 0 && row.RepoDigests.length === 0) {
    older.RepoTags = ['<none>:<none>'];
    older.RepoDigests = ['<none>@<none>'];
  }
  return older;
}

export function inspectFor(version: number, inspect: ImageInspect): ImageInspect {
  const older: ImageInspect = { ...inspect, Config: { ...(version < 50 ? containerFields : imageFields), ...inspect.Config } };
  if (version < 44) {
    older.VirtualSize = inspect.Size;
    older.Created ??= '0001-01-01T00:00:00Z';
  }
  return older;
}

/** Present even where the image does not say. */
const imageFields = { Cmd: null, Entrypoint: null, Env: null, Labels: null, OnBuild: null, User: '', Volumes: null, WorkingDir: '' };

/** Until 1.50 the config was a container's, whose other members no image has. */
const containerFields = {
  ...imageFields,
  AttachStderr: false,
  AttachStdin: false,
  AttachStdout: false,
  Domainname: '',
  Hostname: '',
  Image: '',
  OpenStdin: false,
  StdinOnce: false,
  Tty: false,
};
