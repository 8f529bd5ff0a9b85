import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CertificateFile } from '../../contract/ipc.ts';
import { certificatesIn } from './host-network.ts';

/** What is in files that a person named as authorities to trust: whose certificates, and until when the first of them holds. */
export function readCertificateFiles(paths: readonly string[]): Promise<CertificateFile[]> {
  return Promise.all(paths.map(describe));
}

async function describe(path: string): Promise<CertificateFile> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return { path, status: 'unreadable' };
  try {
    const certificates = certificatesIn(text).map((block) => new X509Certificate(block));
    const until = Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)));
    return { path, status: until < Date.now() ? 'expired' : 'good', names: certificates.map(nameOf), until: new Date(until).toISOString() };
  } catch {
    return { path, status: 'none' };
  }
}

/** The common name, or the organisation of one that has none. */
function nameOf({ subject }: X509Certificate): string {
  const fields = new Map(subject.split('\n').map((line) => line.split('=', 2) as [string, string]));
  return fields.get('CN') ?? fields.get('O') ?? subject.replaceAll('\n', ', ');
}
