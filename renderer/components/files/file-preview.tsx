import { Download, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { FileEntry } from '../../../contract/engine-api/files.ts';
import { formatBytes } from '../../format/bytes.ts';
import { contentOf, hexDump, type Content } from '../../format/files/content.ts';
import { modeText } from '../../format/files/paths.ts';
import { plainName } from '../../format/sentence.ts';
import { formatMoment } from '../../i18n/intl.ts';
import { t } from '../../i18n/i18n.ts';
import { Button, IconButton } from '../controls/button.tsx';
import type { FileSource } from './file-source.ts';

const textBytes = 256 * 1024;
/** A picture is only one when it is whole. */
const imageBytes = 4 * 1024 * 1024;
const hexBytes = 4096;

type Shown = { status: 'reading' } | { status: 'failed'; message: string } | { status: 'read'; bytes: Uint8Array<ArrayBuffer>; content: Content };

/** What a file is and how it begins. Nothing in it is ever run: text is text, pictures are drawn from their pixels. */
export function FilePreview({ path, entry, source, onClose, onDownload }: { path: string; entry: FileEntry; source: FileSource; onClose(): void; onDownload(): void }) {
  const [shown, setShown] = useState<Shown>({ status: 'reading' });
  const isFile = entry.Kind === 'file' || entry.TargetKind === 'file';

  useEffect(() => {
    if (!isFile) return;
    const given = new AbortController();
    const { signal } = given;
    const read = async (): Promise<void> => {
      let bytes = await source.read(path, textBytes, signal);
      let content = contentOf(bytes, bytes.length < textBytes);
      if (content.kind === 'image' && bytes.length === textBytes) {
        bytes = await source.read(path, imageBytes, signal);
        if (bytes.length === imageBytes) content = { kind: 'binary' };
      }
      if (!signal.aborted) setShown({ status: 'read', bytes: new Uint8Array(bytes), content });
    };
    read().catch((error: unknown) => {
      if (!signal.aborted) setShown({ status: 'failed', message: (error as Error).message });
    });
    return () => given.abort();
  }, [source, path, isFile]);

  return (
    <aside className="preview" aria-label={t('files:preview.label', { name: plainName(entry.Name) })}>
      <header>
        <h2 className="cut isolated">{plainName(entry.Name)}</h2>
        <IconButton label={t('files:preview.close')} onClick={onClose}>
          <X size={14} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </header>
      <dl>
        <dt>{t('files:preview.kind')}</dt>
        <dd>{t(`files:kinds.${entry.Kind}`)}</dd>
        {entry.Kind === 'link' && (
          <>
            <dt>{t('files:preview.target')}</dt>
            <dd className="isolated selectable">{plainName(entry.Target)}</dd>
          </>
        )}
        {entry.Kind === 'file' && (
          <>
            <dt>{t('files:columns.size')}</dt>
            <dd className="numbers">{formatBytes(entry.Size)}</dd>
          </>
        )}
        <dt>{t('files:columns.modified')}</dt>
        <dd className="numbers">{formatMoment(new Date(entry.Modified))}</dd>
        <dt>{t('files:columns.mode')}</dt>
        <dd>
          <code>{modeText(entry.Mode, entry.Kind)}</code>
        </dd>
        <dt>{t('files:columns.owner')}</dt>
        <dd className="isolated">
          {plainName(entry.User || String(entry.Uid))}:{plainName(entry.Group || String(entry.Gid))}
        </dd>
      </dl>
      {entry.NameIsText && (
        <Button icon={<Download size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={onDownload}>
          {entry.Kind === 'folder' ? t('files:downloadTar') : t('files:download')}
        </Button>
      )}
      {!entry.NameIsText && <p>{t('files:preview.notText')}</p>}
      {isFile && entry.NameIsText && <Body shown={shown} size={entry.Kind === 'file' ? entry.Size : undefined} name={plainName(entry.Name)} />}
    </aside>
  );
}

function Body({ shown, size, name }: { shown: Shown; size: number | undefined; name: string }) {
  if (shown.status === 'reading') return <p role="status">{t('files:preview.reading')}</p>;
  if (shown.status === 'failed') {
    return (
      <p className="selectable isolated" role="alert">
        {shown.message}
      </p>
    );
  }
  const { content, bytes } = shown;
  const part = (count: number) => size !== undefined && size > count && <p>{t('files:preview.part', { part: formatBytes(count), size: formatBytes(size) })}</p>;
  switch (content.kind) {
    case 'empty':
      return <p>{t('files:preview.empty')}</p>;
    case 'text':
      return (
        <>
          {part(bytes.length)}
          <pre className="preview__text selectable" tabIndex={0} role="region" aria-label={t('files:preview.content', { name })}>
            {content.text}
          </pre>
        </>
      );
    case 'image':
      return <Picture bytes={bytes} type={content.type} name={name} />;
    case 'binary':
      return (
        <>
          {part(Math.min(bytes.length, hexBytes))}
          <pre className="preview__hex selectable" tabIndex={0} role="region" aria-label={t('files:preview.content', { name })}>
            {hexDump(bytes.subarray(0, hexBytes))}
          </pre>
        </>
      );
  }
}

/** Decoded to pixels and drawn: no address of it exists that a page could load. */
function Picture({ bytes, type, name }: { bytes: Uint8Array<ArrayBuffer>; type: string; name: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [note, setNote] = useState('');

  useEffect(() => {
    let isCurrent = true;
    createImageBitmap(new Blob([bytes], { type })).then(
      (bitmap) => {
        const element = canvas.current;
        if (!isCurrent || element === null) return;
        const scale = Math.min(1, 1200 / Math.max(bitmap.width, bitmap.height));
        element.width = Math.max(1, Math.round(bitmap.width * scale));
        element.height = Math.max(1, Math.round(bitmap.height * scale));
        element.getContext('2d')?.drawImage(bitmap, 0, 0, element.width, element.height);
        setNote(`${bitmap.width} × ${bitmap.height}`);
        bitmap.close();
      },
      () => isCurrent && setNote(t('files:preview.brokenImage')),
    );
    return () => {
      isCurrent = false;
    };
  }, [bytes, type]);

  return (
    <figure>
      <canvas ref={canvas} role="img" aria-label={t('files:preview.picture', { name })} width={1} height={1} />
      <figcaption className="numbers">{note}</figcaption>
    </figure>
  );
}
