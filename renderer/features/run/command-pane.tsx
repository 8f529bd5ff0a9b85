import { Check, Copy, FolderOpen, Globe, HardDrive, Layers, Pencil, RotateCw, Trash2, TriangleAlert, ArrowDownToLine } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { looksSecret } from '../../format/secrets.ts';
import { joinOf, previewParts, previewText, shownValue } from './draft/command-preview.ts';
import { filledEnv, filledPorts, filledVolumes, isHostFolder, optionOf, type RunDraft } from './draft/draft.ts';
import { portPair } from './draft/port-text.ts';
import { useDraft } from './draft/draft-store.ts';
import type { Problem } from './draft/problems.ts';
import { isShared } from '../../format/shared-folders.ts';
import { useSettings } from '../../stores/settings.ts';
import { useVm } from '../../stores/vm.ts';
import { t } from '../../i18n/i18n.ts';
import { Rich } from '../../i18n/rich.tsx';

/** An engine on this computer itself sees all of it. */
const everything = ['/'];
const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** The same as a docker command, live, and in words what pressing Run will do. */
export function CommandPane({ problems, isImageHere, replaces, onEdit }: { problems: readonly Problem[]; isImageHere: boolean; replaces: string | undefined; onEdit(): void }) {
  const { draft, changed } = useDraft();
  const [copied, setCopied] = useState<string>();
  const whole = previewText(draft);
  const parts = previewParts(draft);
  const wrong = new Set(problems.map(({ field }) => field));
  const isVm = useVm(({ vm }) => vm?.status === 'running' && vm.accelerator !== 'external');
  const sharedFolders = useSettings(({ settings }) => settings?.sharedFolders);
  const hasSecret = filledEnv(draft).some(({ name }) => looksSecret(name.trim()));
  return (
    <aside className="run__pane" aria-label={t('run:preview.title')}>
      <div className="pane-head">
        <h2>{t('run:preview.title')}</h2>
        <span className="sub-bar__gap" />
        <Button kind="quiet" icon={<Pencil {...icon} />} onClick={onEdit}>
          {t('run:paste.edit')}
        </Button>
        <Button kind="quiet" icon={copied === whole ? <Check {...icon} /> : <Copy {...icon} />} onClick={() => void navigator.clipboard.writeText(whole).then(() => setCopied(whole))}>
          {copied === whole ? t('run:preview.copied') : t('run:preview.copy')}
        </Button>
      </div>
      <div className="command selectable isolated" role="region" aria-label={t('run:preview.title')} data-testid="command-preview">
        {parts.map((part, index) => {
          const value = shownValue(part);
          const isWrong = wrong.has(part.field) && part.field !== '';
          const tone = isWrong ? 'wrong' : part.field === changed && changed !== '' ? 'changed' : 'plain';
          return (
            <div className="command__line" key={`${part.field}${part.flag}`}>
              {index === 0 && 'docker run '}
              {part.flag !== '' && <span className="command__flag">{part.flag}</span>}
              {joinOf(part)}
              {value !== '' && <span className={`command__value command__value--${tone}`}>{value}</span>}
              {index < parts.length - 1 && <span className="command__more">{'\u00a0\\'}</span>}
            </div>
          );
        })}
      </div>
      <p className="pane-note">{hasSecret ? t('run:preview.secret') : t('run:preview.note')}</p>
      <h2>{t('run:plan.title')}</h2>
      <ul className="plan">
        {replaces !== undefined && <Step glyph={<Trash2 {...icon} />}><Rich text="run:plan.replaces" values={{ name: replaces }} /></Step>}
        {planOf(draft, problems, isImageHere, isVm ? (sharedFolders ?? everything) : everything)}
      </ul>
    </aside>
  );
}

function Step({ glyph, children, isTrouble = false }: { glyph: ReactNode; children: ReactNode; isTrouble?: boolean }) {
  return (
    <li className={isTrouble ? 'plan__trouble' : undefined}>
      {glyph}
      <span className="isolated">{children}</span>
    </li>
  );
}

function planOf(draft: RunDraft, problems: readonly Problem[], isImageHere: boolean, sharedFolders: readonly string[]): ReactNode[] {
  const image = draft.image.trim();
  const steps: ReactNode[] = [
    image === '' ? (
      <Step key="image" glyph={<Layers {...icon} />}>{t('run:plan.noImage')}</Step>
    ) : isImageHere && optionOf(draft, 'pull') === 'always' ? (
      <Step key="image" glyph={<ArrowDownToLine {...icon} />}><Rich text="run:plan.pullAgain" values={{ image }} /></Step>
    ) : isImageHere ? (
      <Step key="image" glyph={<Layers {...icon} />}>{t('run:plan.here')}</Step>
    ) : (
      <Step key="image" glyph={<ArrowDownToLine {...icon} />}><Rich text="run:plan.pull" values={{ image }} /></Step>
    ),
  ];
  for (const { key, source, target } of filledVolumes(draft)) {
    steps.push(
      source.trim() === '' ? (
        <Step key={key} glyph={<HardDrive {...icon} />}><Rich text="run:plan.unnamed" values={{ path: target.trim() }} /></Step>
      ) : isHostFolder(source) && !isShared(source, sharedFolders) ? (
        <Step key={key} isTrouble glyph={<TriangleAlert {...icon} />}><Rich text="run:plan.vmFolder" values={{ path: source.trim() }} /></Step>
      ) : isHostFolder(source) ? (
        <Step key={key} glyph={<FolderOpen {...icon} />}><Rich text="run:plan.folder" values={{ path: source.trim() }} /></Step>
      ) : (
        <Step key={key} glyph={<HardDrive {...icon} />}><Rich text="run:plan.volume" values={{ name: source.trim() }} /></Step>
      ),
    );
  }
  for (const row of filledPorts(draft)) {
    const { host, inside } = portPair(row);
    const problem = problems.find(({ field }) => field === row.key);
    if (problem?.kind === 'port-taken') steps.push(<Step key={row.key} isTrouble glyph={<TriangleAlert {...icon} />}>{problem.holder === undefined && problem.program !== undefined ? <Rich text="run:plan.takenBy" values={{ port: problem.port ?? 0, holder: problem.program }} /> : problem.holder === undefined ? <Rich text="run:plan.taken" values={{ port: problem.port ?? 0 }} /> : <Rich text="run:plan.takenBy" values={{ port: problem.port ?? 0, holder: problem.holder.name }} />}</Step>);
    else if (problem === undefined && row.protocol === 'tcp') steps.push(<Step key={row.key} glyph={<Globe {...icon} />}>{host === '' ? <Rich text="run:plan.anyPort" values={{ port: inside }} /> : <Rich text="run:plan.open" values={{ port: host }} />}</Step>);
  }
  const restart = optionOf(draft, 'restart');
  if (restart === 'always' || restart === 'unless-stopped') steps.push(<Step key="restart" glyph={<RotateCw {...icon} />}>{t('run:plan.restart')}</Step>);
  if (restart.startsWith('on-failure')) steps.push(<Step key="restart" glyph={<RotateCw {...icon} />}>{t('run:plan.onFailure')}</Step>);
  if (optionOf(draft, 'rm') !== '') steps.push(<Step key="rm" glyph={<Trash2 {...icon} />}>{t('run:plan.autoRemove')}</Step>);
  return steps;
}
