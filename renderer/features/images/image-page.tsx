import { ChevronRight, Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ImageInspect } from '../../../contract/engine-api/image.ts';
import { asFailure, callEngine, type AnswerOf, type IpcFailure } from '../../api.ts';
import { SizeBar } from '../../components/chart/size-bar.tsx';
import { JsonTree } from '../../components/code/json-tree.tsx';
import { Button } from '../../components/controls/button.tsx';
import { Tabs } from '../../components/controls/tabs.tsx';
import { Notice } from '../../components/layout/notice.tsx';
import { Page } from '../../components/layout/page.tsx';
import { SkeletonRows } from '../../components/layout/skeleton.tsx';
import { formatCreated } from '../../format/age.ts';
import { formatBytes } from '../../format/bytes.ts';
import { shortId } from '../../format/engine/reference.ts';
import { sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { inspectImage, useImages } from '../../stores/images.ts';
import { formatRoute, go, replaceRoute, type RouteOf } from '../../stores/window/navigation.ts';
import { useClock } from '../../stores/window/clock.ts';
import './images.css';

type History = AnswerOf<'images.history'>;

/** One image: its layers with the size and instruction of each, and all that the engine knows of it. */
export default function ImagePage({ route: { id, tab } }: { route: RouteOf<'image'> }) {
  const [read, setRead] = useState<{ id: string; history: History; inspect: ImageInspect }>();
  const [failure, setFailure] = useState<IpcFailure>();
  // Read again when the list changed: a tag came or went.
  const images = useImages((state) => state.images);
  useEffect(() => {
    let isCurrent = true;
    Promise.all([callEngine('images.history', { image: id }), inspectImage(id)]).then(
      ([history, inspect]) => {
        if (!isCurrent) return;
        setRead({ id, history, inspect });
        setFailure(undefined);
      },
      (error: unknown) => {
        if (isCurrent) setFailure(asFailure(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [id, images]);
  const shown = read?.id === id ? read : undefined;
  const name = /^(?:sha256:)?[0-9a-f]{12,}$/.test(id) ? (shown?.inspect.RepoTags[0] ?? shortId(id)) : id;

  return (
    <Page
      label={name}
      bar={
        <>
          <nav className="crumbs" aria-label={t('images:page')}>
            <a href={formatRoute({ page: 'images' })}>{t('images:page')}</a>
            <ChevronRight size={14} strokeWidth={1.75} aria-hidden="true" />
            <h1 className="cut isolated">{name}</h1>
          </nav>
          <span className="top-bar__gap" />
          <Button kind="primary" icon={<Play size={14} strokeWidth={1.75} aria-hidden="true" />} onClick={() => go({ page: 'run', image: name })}>
            {t('images:menu.run')}
          </Button>
        </>
      }
    >
      {failure !== undefined ? (
        <Notice title={t('images:details.failed')}>{sentences(failure.message, failure.hint)}</Notice>
      ) : shown === undefined ? (
        <SkeletonRows label={t('images:details.reading')} />
      ) : (
        <Tabs
          label={name}
          value={tab === 'inspect' ? 'inspect' : 'layers'}
          items={[
            { value: 'layers', label: t('images:details.layers'), count: shown.history.length },
            { value: 'inspect', label: t('images:details.inspect') },
          ]}
          onPick={(next) => replaceRoute({ page: 'image', id, tab: next })}
        >
          {tab === 'inspect' ? <JsonTree label={t('images:details.inspect')} value={shown.inspect} /> : <Layers history={shown.history} />}
        </Tabs>
      )}
    </Page>
  );
}

/** Newest first, as docker history tells them. An instruction that changes no files has no layer of its own. */
function Layers({ history }: { history: History }) {
  const now = useClock((state) => state.now);
  const most = Math.max(1, ...history.map(({ Size }) => Size));
  return (
    <div className="page__scroll" tabIndex={0} role="region" aria-label={t('images:details.layers')} data-region="list">
      <ol className="image-layers">
        {history.map(({ Id, CreatedBy, Created, Size, Tags, Comment }, index) => (
          <li key={`${Id}${index}`}>
            <span className="numbers">{Size === 0 ? t('images:details.noLayer') : formatBytes(Size)}</span>
            <SizeBar label={formatBytes(Size)} parts={[{ kind: 'own', bytes: Size }]} whole={most} />
            <code className="selectable isolated">{instructionOf(CreatedBy) || Comment}</code>
            <small>{[...(Tags ?? []), formatCreated(Created, now)].join(', ')}</small>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** `/bin/sh -c #(nop)  CMD ["nginx"]` is how old builders wrote `CMD ["nginx"]`. */
function instructionOf(text: string): string {
  return text.replace(/^\/bin\/sh -c #\(nop\)\s+/, '').replace(/^\/bin\/sh -c /, 'RUN ').replace(/\s*# buildkit$/, '');
}
