import { t } from '../../i18n/i18n.ts';

/** While it is written; `main` checks it again. */
export function mirrorProblem(line: string): string | undefined {
  const url = URL.canParse(line) ? new URL(line) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) return t('settings:registries.mirrorWrong', { entry: line });
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '' ? undefined : t('settings:registries.mirrorPlain', { entry: line });
}

export function insecureProblem(line: string): string | undefined {
  const isHost = /^(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/.test(line);
  const isNetwork = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])|[0-9a-fA-F:]*:[0-9a-fA-F:]*\/(?:\d{1,2}|1[01]\d|12[0-8]))$/.test(line);
  return isHost || isNetwork ? undefined : t('settings:registries.insecureWrong', { entry: line });
}
