import type { ContainerRecord } from '../container.ts';

/**
 * What the log options `labels`, `labels-regex`, `env`, `env-regex` and `tag` add to every entry; undefined for nothing.
 * Source: moby daemon/logger/loginfo.go `ExtraAttributes`, loggerutils/log_tag.go.
 */
export function logAttributes(record: Pick<ContainerRecord, 'id' | 'name' | 'config' | 'hostConfig' | 'image'>): Record<string, string> | undefined {
  const options = record.hostConfig.LogConfig?.Config ?? {};
  const labels = Object.entries(record.config.Labels ?? {});
  const env = (record.config.Env ?? []).flatMap((entry): [string, string][] => {
    const equals = entry.indexOf('=');
    return equals < 0 ? [] : [[entry.slice(0, equals), entry.slice(equals + 1)]];
  });
  const attributes: Record<string, string> = {};
  const add = (pairs: [string, string][], names: string | undefined, pattern: string | undefined) => {
    const wanted = new Set((names ?? '').split(','));
    const regex = pattern === undefined || pattern === '' ? undefined : new RegExp(pattern);
    for (const [name, value] of pairs) if (wanted.has(name) || regex?.test(name) === true) attributes[name] = value;
  };
  add(labels, options.labels, options['labels-regex']);
  add(env, options.env, options['env-regex']);
  if (options.tag !== undefined && options.tag !== '') attributes.tag = tagOf(options.tag, record);
  return Object.keys(attributes).length === 0 ? undefined : attributes;
}

/** The fields that moby's templates have; what is none of them stays as it is. */
function tagOf(template: string, record: Pick<ContainerRecord, 'id' | 'name' | 'config' | 'image'>): string {
  const fields: Record<string, string> = {
    ID: record.id.slice(0, 12),
    FullID: record.id,
    Name: record.name,
    ImageID: record.image.id.replace(/^sha256:/, '').slice(0, 12),
    ImageFullID: record.image.id,
    ImageName: record.config.Image ?? '',
    DaemonName: 'docker',
  };
  return template.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, name: string) => fields[name] ?? whole);
}
