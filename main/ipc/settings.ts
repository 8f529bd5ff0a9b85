import { readCertificateFiles } from '../host-network/certificate-files.ts';
import type { HandlersOf, Services } from './handlers.ts';

export function settingsHandlers({ settings }: Services): HandlersOf<'settings'> {
  return {
    'settings/get': () => settings.current,
    'settings/change': (change) => settings.change(change),
    'settings/certificates': ({ paths }) => readCertificateFiles(paths),
  };
}
