import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { VmFailureStep } from '../../../contract/vm-state.ts';
import type { GuestArch } from '../driver.ts';
import { VmStartError } from '../start-error.ts';

/** What a VM boots from; made by `vm-assets`, read-only. */
export interface VmImage {
  version: string;
  /** Of all files together: another image has another one. */
  digest: string;
  arch: GuestArch;
  kernel: string;
  initrd: string;
  root: string;
  /** A disk of kernel, initrd and root that firmware boots, for hypervisors that load no kernel by themselves; undefined where the image has none. */
  bootDisk?: string;
  /** Parts of the kernel's command line; `tcg` is added under software emulation. */
  commandLine: { base: string; tcg: string };
}

interface Manifest {
  version: string;
  arch: GuestArch;
  files: Record<string, { sha256: string; size: number }>;
  cmdline: { base: string; tcg: string };
}

const bootDiskName = 'boot.vhdx';
const neededFiles = ['kernel', 'initrd.cpio', 'root.erofs'] as const;

/** By path: what a file looked like when its checksum was right. */
type VerifiedFiles = Record<string, { size: number; mtimeMs: number; sha256: string }>;

export interface ImageCheck {
  directory: string;
  /** Record of earlier checks, in the instance's home. */
  verifiedFile: string;
  /** Hashes every file, whatever the record says. */
  thorough?: boolean;
  /** Whether the window can rebuild the image by itself. */
  canRebuild: boolean;
}

/**
 * Finds the image and makes sure that it is whole. Size and time of change answer for a file whose checksum was right
 * before; anything else is hashed, which takes about half a second.
 * @throws VmStartError `image-missing` or `image-corrupt`, naming the file.
 */
export async function checkImage(check: ImageCheck): Promise<VmImage> {
  const manifest = await readManifest(check);
  const verified: VerifiedFiles = check.thorough === true ? {} : await readVerified(check.verifiedFile);
  let learned = false;
  // Packages of other systems than Windows leave it out.
  const hasBootDisk = manifest.files[bootDiskName] !== undefined && existsSync(join(check.directory, bootDiskName));
  for (const name of [...neededFiles, ...(hasBootDisk ? [bootDiskName] : [])]) {
    const wanted = manifest.files[name];
    if (wanted === undefined) throw corrupt(check, `its manifest names no ${name}`);
    const path = join(check.directory, name);
    const found = await stat(path).catch(() => null);
    if (found === null) throw missing(check, path);
    if (found.size !== wanted.size) throw corrupt(check, `${path} has ${found.size} bytes instead of ${wanted.size}`);
    const before = verified[path];
    if (before?.size === found.size && before.mtimeMs === found.mtimeMs && before.sha256 === wanted.sha256) continue;
    if ((await sha256(path)) !== wanted.sha256) {
      await rm(check.verifiedFile, { force: true });
      throw corrupt(check, `${path} does not have the checksum that its manifest names`);
    }
    verified[path] = { size: found.size, mtimeMs: found.mtimeMs, sha256: wanted.sha256 };
    learned = true;
  }
  if (learned) await writeFile(check.verifiedFile, JSON.stringify(verified), { mode: 0o600 });
  const file = (name: (typeof neededFiles)[number]) => join(check.directory, name);
  const digest = neededFiles.map((name) => manifest.files[name]?.sha256).join(' ');
  return { version: manifest.version, digest, arch: manifest.arch, kernel: file('kernel'), initrd: file('initrd.cpio'), root: file('root.erofs'), commandLine: manifest.cmdline, ...(hasBootDisk ? { bootDisk: join(check.directory, bootDiskName) } : {}) };
}

async function readManifest(check: ImageCheck): Promise<Manifest> {
  const path = join(check.directory, 'manifest.json');
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) throw missing(check, path);
  try {
    const manifest = JSON.parse(text) as Manifest;
    if ((manifest.arch === 'amd64' || manifest.arch === 'arm64') && typeof manifest.files === 'object' && typeof manifest.cmdline?.base === 'string') return manifest;
  } catch {
    // Said below, in words that name the file.
  }
  throw corrupt(check, `${path} is no manifest of a VM image`);
}

async function readVerified(path: string): Promise<VerifiedFiles> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as VerifiedFiles;
  } catch {
    return {};
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

function missing(check: ImageCheck, path: string): VmStartError {
  return new VmStartError({ code: 'image-missing', phase: 'requirements', message: `The VM image is missing: ${path} is not there.`, steps: rebuildSteps(check, 'Build the VM image.') });
}

function corrupt(check: ImageCheck, what: string): VmStartError {
  return new VmStartError({ code: 'image-corrupt', phase: 'requirements', message: `The VM image is damaged: ${what}.`, steps: rebuildSteps(check, 'Build the VM image anew; containers and volumes are kept.') });
}

function rebuildSteps(check: ImageCheck, text: string): VmFailureStep[] {
  return [{ text, command: 'npm run vm:image', ...(check.canRebuild ? { action: 'rebuild-image' as const } : {}) }];
}
