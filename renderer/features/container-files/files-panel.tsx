import { useMemo } from 'react';
import { FileBrowser } from '../../components/files/file-browser.tsx';
import { isUp, type ContainerView } from '../../format/engine/container.ts';

import { t } from '../../i18n/i18n.ts';
import { filesOf } from '../../stores/files.ts';

export default function FilesPanel({ view: { id, name, condition } }: { view: ContainerView }) {
  const source = useMemo(() => filesOf('container', id, name), [id, name]);
  return <FileBrowser source={source} label={t('files:container', { name })} {...(isUp(condition) ? {} : { note: t('files:stopped') })} />;
}
