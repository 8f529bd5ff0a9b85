import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { writeTar } from '../formats/tar.mjs';
import { filesIn } from '../walk.mjs';

const reference = 'slipway/hello:latest';
const applets = ['ash', 'awk', 'cat', 'chmod', 'clear', 'cp', 'date', 'df', 'echo', 'env', 'false', 'find', 'free', 'grep', 'head', 'hostname', 'httpd', 'id', 'ip', 'kill', 'less', 'ln', 'ls', 'mkdir', 'mount', 'mv', 'nc', 'nproc', 'nslookup', 'ping', 'printf', 'ps', 'pwd', 'rm', 'rmdir', 'sed', 'seq', 'sh', 'sleep', 'sort', 'stat', 'stty', 'tail', 'test', 'top', 'touch', 'tr', 'true', 'tty', 'uname', 'uptime', 'vi', 'wc', 'wget', 'which', 'whoami', 'yes'];

/**
 * The built-in image `slipway/hello` as `docker save` writes one today: an OCI layout that also has the `manifest.json` of docker archives.
 * @param {{busybox: Buffer, copyright: Buffer, source: string, arch: 'amd64'|'arm64', version: string}} parts `source` holds one folder per layer above busybox
 * @returns {Buffer}
 */
export function makeHello({ busybox, copyright, source, arch, version }) {
  const layers = [{ step: `busybox ${version}`, tar: busyboxLayer(busybox, copyright) }, ...readdirSync(source).sort().map((name) => ({ step: `COPY ${name.replace(/^\d+-/, '')} /`, tar: folderLayer(join(source, name)) }))];
  // Fixed, so that the bytes are; the day the recipe was written reads better in lists than 1970.
  const created = '2026-11-21T00:00:00Z';
  const config = JSON.stringify({
    architecture: arch,
    os: 'linux',
    ...(arch === 'arm64' ? { variant: 'v8' } : {}),
    created,
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Cmd: ['/usr/bin/hello'],
      WorkingDir: '/',
      ExposedPorts: { '80/tcp': {} },
      Labels: { 'org.opencontainers.image.title': 'slipway/hello', 'org.opencontainers.image.description': 'Prints and serves the facts of its own container.' },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => digest(tar)) },
    history: [...layers.map(({ step }) => ({ created, created_by: step })), { created, created_by: 'CMD ["/usr/bin/hello"]', empty_layer: true }],
  });
  const blobs = new Map([...layers.map(({ tar }) => tar), Buffer.from(config)].map((bytes) => [digest(bytes), bytes]));
  const descriptor = (mediaType, bytes) => ({ mediaType, digest: digest(bytes), size: Buffer.byteLength(bytes) });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptor('application/vnd.oci.image.config.v1+json', config),
      layers: layers.map(({ tar }) => descriptor('application/vnd.oci.image.layer.v1.tar', tar)),
    }),
  );
  blobs.set(digest(manifest), manifest);
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [{ ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest), annotations: { 'io.containerd.image.name': `docker.io/${reference}`, 'org.opencontainers.image.ref.name': 'latest' } }] };
  const blobPath = (bytes) => `blobs/sha256/${digest(bytes).slice(7)}`;
  return writeTar([
    { path: 'blobs', type: 'directory' },
    { path: 'blobs/sha256', type: 'directory' },
    ...[...blobs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, bytes]) => ({ path: blobPath(bytes), body: bytes })),
    { path: 'index.json', body: JSON.stringify(index) },
    { path: 'manifest.json', body: JSON.stringify([{ Config: blobPath(config), RepoTags: [reference], Layers: layers.map(({ tar }) => blobPath(tar)) }]) },
    { path: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
  ]);
}

const digest = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function busyboxLayer(busybox, copyright) {
  return writeTar([
    ...['bin', 'dev', 'etc', 'proc', 'root', 'sys'].map((path) => ({ path, type: 'directory', mode: path === 'root' ? 0o700 : 0o755 })),
    { path: 'tmp', type: 'directory', mode: 0o1777 },
    ...['usr', 'usr/share', 'usr/share/doc', 'usr/share/doc/busybox'].map((path) => ({ path, type: 'directory' })),
    { path: 'usr/share/doc/busybox/copyright', body: copyright },
    { path: 'bin/busybox', body: busybox, mode: 0o755 },
    ...applets.map((name) => ({ path: `bin/${name}`, type: 'symlink', link: 'busybox', mode: 0o777 })),
  ]);
}

function folderLayer(folder) {
  const files = filesIn(folder);
  const directories = new Set();
  for (const file of files) for (let parent = dirname(relative(folder, file)); parent !== '.'; parent = dirname(parent)) directories.add(parent);
  return writeTar([
    ...[...directories].sort().map((path) => ({ path, type: 'directory' })),
    ...files.map((file) => ({ path: relative(folder, file), body: readFileSync(file), mode: lstatSync(file).mode & 0o100 ? 0o755 : 0o644 })),
  ]);
}
