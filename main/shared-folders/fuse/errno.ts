/** Linux' numbers of errors, whatever this computer's own are. Source: asm-generic/errno.h. */
const numbers: Record<string, number> = {
  EPERM: 1, ENOENT: 2, EIO: 5, ENXIO: 6, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EBUSY: 16, EEXIST: 17, EXDEV: 18, ENODEV: 19, ENOTDIR: 20, EISDIR: 21, EINVAL: 22, ENFILE: 23, EMFILE: 24, ETXTBSY: 26, EFBIG: 27,
  ENOSPC: 28, ESPIPE: 29, EROFS: 30, EMLINK: 31, ENAMETOOLONG: 36, ENOSYS: 38, ENOTEMPTY: 39, ELOOP: 40, EOPNOTSUPP: 95, ENOTSUP: 95, ESTALE: 116, EDQUOT: 122,
};

/** What an operation is refused with; `code` as Node's own errors have it. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function errnoOf(error: unknown): number {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  return numbers[code] ?? (error instanceof RangeError ? numbers.EINVAL! : numbers.EIO!);
}
