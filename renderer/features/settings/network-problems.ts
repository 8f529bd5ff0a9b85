import { t } from '../../i18n/i18n.ts';

/** While it is written; `main` checks it again. Empty is none. */
export function proxyProblem(text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWhole = url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:') && url.pathname === '/' && url.search === '' && url.hash === '';
  return isWhole ? undefined : t('settings:network.proxyWrong');
}

export function noProxyProblem(text: string): string | undefined {
  return /^[\w.,:/*[\] -]*$/.test(text) && text.length <= 4096 ? undefined : t('settings:network.noProxyWrong');
}

export function certificateProblem(line: string): string | undefined {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(line) ? undefined : t('settings:network.certificateWrong', { entry: line });
}

/** `10m`, `512k`, or nothing. */
export function logSizeProblem(text: string): string | undefined {
  return /^(?:[1-9]\d{0,8}[kmg]?)?$/i.test(text) ? undefined : t('settings:defaults.sizeWrong');
}

export function logFilesProblem(text: string): string | undefined {
  return /^\d{0,4}$/.test(text) && Number(text) <= 1000 ? undefined : t('settings:defaults.filesWrong');
}

/** `base=10.10.0.0/16,size=24`, as dockerd takes it. */
export function poolProblem(line: string): string | undefined {
  const [, base = '', prefix = '', size = ''] = /^base=(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2}),size=(\d{1,2})$/.exec(line) ?? [];
  if (base === '' || base.split('.').some((octet) => Number(octet) > 255)) return t('settings:defaults.poolWrong', { entry: line });
  return Number(prefix) <= Number(size) && Number(size) <= 29 ? undefined : t('settings:defaults.poolSize', { entry: line, prefix: Number(prefix) });
}
