import { InvalidParameterError } from '../../errors.ts';

export interface PlatformParameter {
  os: string;
  architecture: string;
  variant?: string;
}

/**
 * A `platform` parameter in JSON, `{"os":"linux","architecture":"arm","variant":"v7"}`, as all but pull take it; undefined
 * when it is absent. Source: moby `daemon/server/httputils/form.go` DecodePlatform.
 * @throws InvalidParameterError
 */
export function platformParameter(text: string): PlatformParameter | undefined {
  if (text === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidParameterError(`failed to parse platform: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidParameterError('failed to parse platform: an object is expected');
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((name) => {
    const field = (value as Record<string, unknown>)[name] ?? '';
    if (typeof field !== 'string') throw new InvalidParameterError(`failed to parse platform: ${name} is no string`);
    return field;
  }) as [string, string, string];
  if (os === '' && architecture === '' && variant !== '') throw new InvalidParameterError('optional platform fields provided, but OS and Architecture are missing');
  if (os === '' || architecture === '') throw new InvalidParameterError('both OS and Architecture must be provided');
  return { os, architecture, ...(variant === '' ? {} : { variant }) };
}
