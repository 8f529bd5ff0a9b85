import type { IncomingMessage } from 'node:http';
import { EngineError, InternalError, NotFoundError, UnauthorizedError, UnavailableError } from '../errors.ts';
import type { HttpMethod } from './http-get.ts';
import { readBody, statusText } from './http-get.ts';

const MAX_ERROR_BODY = 64 * 1024;

/** The registry's own code of what went wrong: `MANIFEST_UNKNOWN`, `DENIED`, `TOOMANYREQUESTS` … */
export class RegistryError extends EngineError {
  readonly code: string;
  /** The registry itself, or what stands before it, has trouble: the same question may get another answer. */
  readonly isTransient: boolean;

  constructor(code: string, message: string, base: EngineError, isTransient: boolean) {
    super(base.kind, message);
    this.name = 'RegistryError';
    this.code = code;
    this.isTransient = isTransient;
  }
}

/** Whether asking again cannot help: the registry has spoken. What has a cause is the network's. */
export function isFinal(error: unknown): boolean {
  return error instanceof EngineError && error.cause === undefined && !(error instanceof RegistryError && error.isTransient);
}

/** Reads an error answer, `{errors: [{code, message}]}`. Source: OCI distribution-spec, "Error codes". */
export async function toRegistryError(response: IncomingMessage, url: URL, method: HttpMethod = 'GET'): Promise<RegistryError> {
  const body = await readBody(response, MAX_ERROR_BODY).catch(() => Buffer.alloc(0));
  const said = firstError(body);
  // The answer to a HEAD has no body; its status says as much.
  const { code, message } = said.code === '' ? (byStatus[response.statusCode ?? 0] ?? said) : said;
  const text = code === '' ? `${method.charAt(0)}${method.slice(1).toLowerCase()} "${url.href}": received unexpected HTTP status: ${statusText(response)}` : `${code.toLowerCase().replaceAll('_', ' ')}: ${message}`;
  return new RegistryError(code, text, kindOf(response.statusCode ?? 0), (response.statusCode ?? 0) >= 500);
}

const byStatus: Record<number, { code: string; message: string }> = {
  401: { code: 'UNAUTHORIZED', message: 'authentication required' },
  403: { code: 'DENIED', message: 'requested access to the resource is denied' },
};

function kindOf(status: number): EngineError {
  switch (status) {
    case 401:
    case 403:
      return new UnauthorizedError('');
    case 404:
      return new NotFoundError('');
    case 429:
    case 503:
      return new UnavailableError('');
    default:
      return new InternalError('');
  }
}

function firstError(body: Buffer): { code: string; message: string } {
  try {
    const parsed = JSON.parse(body.toString()) as { errors?: { code?: unknown; message?: unknown }[] };
    const { code, message } = parsed.errors?.[0] ?? {};
    if (typeof code === 'string') return { code, message: typeof message === 'string' ? message : '' };
  } catch {
    // Proxies answer with pages.
  }
  return { code: '', message: '' };
}
