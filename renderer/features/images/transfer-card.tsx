import { useEffect, useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Progress } from '../../components/drawing/progress.tsx';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { formatBytes, formatBytesOf } from '../../format/bytes.ts';
import { downloadedOf, fractionOf, type LayerPhase, type LayerProgress } from '../../format/engine/pull-progress.ts';
import { splitReference } from '../../format/engine/reference.ts';
import { sentences } from '../../format/sentence.ts';
import { imageMeant } from '../../stores/image-meant.ts';
import { useImages } from '../../stores/images.ts';
import { endTransfer, pullImage, type Transfer } from '../../stores/pulls.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';

const shapes: Record<LayerPhase, GlyphShape> = {
  waiting: 'created',
  downloading: 'working',
  verifying: 'working',
  downloaded: 'working',
  unpacking: 'working',
  done: 'healthy',
  here: 'healthy',
};

/** A pull or load under way, on top of the list where the image will land. */
export function TransferCard({ transfer }: { transfer: Transfer }) {
  const { key, kind, subject, failure, progress } = transfer;
  const { name, tag } = kind === 'pull' ? splitReference(subject) : { name: subject, tag: '' };
  return (
    <div className="transfer" role="group" aria-label={kind === 'pull' ? t('images:transfer.pullingOf', { subject }) : t('images:transfer.loadingOf', { subject })}>
      <div className="transfer__head">
        <StateGlyph shape={failure === undefined ? 'working' : 'failed'} />
        <span className="transfer__name isolated">
          <strong>{name}</strong>
          <span>{tag}</span>
        </span>
        {failure === undefined && <span className="transfer__note cut">{noteOf(transfer)}</span>}
        <span className="transfer__figures numbers">{failure === undefined && <Figures transfer={transfer} />}</span>
        {failure !== undefined && kind === 'pull' && (
          <Button size="small" onClick={() => void pullImage(subject)}>
            {t('images:transfer.retry')}
          </Button>
        )}
        <Button size="small" onClick={() => endTransfer(key)}>
          {failure === undefined ? t('images:transfer.cancel') : t('images:transfer.dismiss')}
        </Button>
      </div>
      {failure !== undefined && (
        <p className="transfer__failure selectable isolated" role="alert">
          <strong>{t('images:transfer.failed')}</strong> {sentences(failure.message, failure.hint)}
        </p>
      )}
      {failure?.kind === 'not-found' && kind === 'pull' && <Meant transfer={transfer} />}
      {failure === undefined && kind === 'load' && (
        <div className="layers">
          <Progress label={subject} fraction={transfer.size === 0 ? undefined : transfer.sent / transfer.size} text={formatBytesOf(transfer.sent, transfer.size)} />
        </div>
      )}
      {failure === undefined && progress.layers.length > 0 && (
        <ul className="layers" tabIndex={progress.layers.length > 10 ? 0 : undefined}>
          {progress.layers.map((layer) => (
            <LayerLine key={layer.id} layer={layer} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** What was probably meant by a name that no registry has, with the button that gets it. */
function Meant({ transfer: { key, subject } }: { transfer: Transfer }) {
  const [instead, setInstead] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    const here = useImages.getState().images.flatMap(({ RepoTags }) => RepoTags ?? []);
    void imageMeant(subject, here).then((meant) => isWanted && setInstead(meant));
    return () => {
      isWanted = false;
    };
  }, [subject]);
  if (instead === undefined) return null;
  return (
    <p className="transfer__failure transfer__meant isolated" role="status">
      <span>
        <Rich text="images:transfer.meant" values={{ instead }} />
      </span>
      <Button
        size="small"
        onClick={() => {
          endTransfer(key);
          void pullImage(instead);
        }}
      >
        {t('images:transfer.pullInstead', { instead })}
      </Button>
    </p>
  );
}

function noteOf({ kind, progress }: Transfer): string {
  if (kind === 'load') return progress.note === '' || progress.note === 'Sending' ? t('images:transfer.loading') : progress.note;
  return progress.layers.length === 0 ? t('images:transfer.starting') : t('images:transfer.pulling');
}

function Figures({ transfer }: { transfer: Transfer }) {
  if (transfer.kind === 'load') return formatBytesOf(transfer.sent, transfer.size);
  const { current, total } = downloadedOf(transfer.progress);
  if (total === 0) return null;
  const { rate } = transfer;
  const left = rate === undefined || rate < 1 || current >= total ? undefined : Math.ceil((total - current) / rate);
  return (
    <>
      {formatBytesOf(current, total)}
      {rate !== undefined && rate > 0 && current < total && <> &nbsp; {left === undefined ? t('images:transfer.rate', { rate: formatBytes(rate) }) : t('images:transfer.left', { rate: formatBytes(rate), time: spellLeft(left) })}</>}
    </>
  );
}

function spellLeft(seconds: number): string {
  return seconds < 100 ? t('common:age.s', { count: seconds }) : t('common:created.min', { count: Math.round(seconds / 60) });
}

function LayerLine({ layer }: { layer: LayerProgress }) {
  const phase = t(`images:transfer.phases.${layer.phase}`);
  const figures =
    layer.total === undefined ? '' : layer.phase === 'downloading' && layer.current !== undefined ? formatBytesOf(layer.current, layer.total) : formatBytes(layer.total);
  return (
    <li className={`layer layer--${layer.phase}`}>
      <StateGlyph shape={shapes[layer.phase]} size={12} />
      <code>{layer.id}</code>
      <Progress label={t('images:transfer.layer', { id: layer.id })} fraction={fractionOf(layer)} kind={layer.phase === 'here' ? 'quiet' : 'live'} text={`${phase} ${figures}`} />
      <span className="layer__figures numbers">{figures}</span>
      <span>{phase}</span>
    </li>
  );
}
