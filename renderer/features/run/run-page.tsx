import { ChevronRight, ClipboardPaste, Play } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { IpcFailure } from '../../api.ts';
import { Button } from '../../components/controls/button.tsx';
import { Page } from '../../components/layout/page.tsx';
import { isMod, isTyping } from '../../format/keys.ts';
import { act } from '../../stores/containers/container-actions.ts';
import { portHolders, useContainers } from '../../stores/containers/containers.ts';
import { useDialogs } from '../../stores/window/dialogs.ts';
import { imageMeant } from '../../stores/image-meant.ts';
import { findImage, useImages } from '../../stores/images.ts';
import { formatRoute, go, type RouteOf } from '../../stores/window/navigation.ts';
import { useIsStale } from '../../stores/stale.ts';
import { lookUpHostPorts, useHostPorts } from '../../stores/host-ports.ts';
import { pullImage } from '../../stores/pulls.ts';
import { runContainer } from '../../stores/containers/run-container.ts';
import { ImageLine, NameLine } from './basic-fields.tsx';
import { previewText, runCommand } from './draft/command-preview.ts';
import { CommandPane } from './command-pane.tsx';
import { filledPorts, optionOf } from './draft/draft.ts';
import { fillDraft, resetDraft, useDraft } from './draft/draft-store.ts';
import { looksLikeRun, parseRunCommand } from './draft/parse-command.ts';
import { takenBy } from './draft/port-text.ts';
import { requestOf } from './draft/request.ts';
import { EnvField, PortsField, VolumesField } from './fields.tsx';
import { Folds } from './folds.tsx';
import { problemsOf } from './draft/problems.ts';
import { PasteDialog } from './paste-dialog.tsx';
import { PasteNotes } from './paste-notes.tsx';
import { FootWords, type Progress } from './run-foot.tsx';
import { t } from '../../i18n/i18n.ts';
import { useImageDefaults } from './draft/use-image-defaults.ts';
import './run.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** @param image chosen on another page; the form starts over with it. */
export default function RunPage({ route: { image, command } }: { route: RouteOf<'run'> }) {
  const isAway = useIsStale();
  const draft = useDraft((state) => state.draft);
  const containers = useContainers((state) => state.containers);
  const images = useImages((state) => state.images);
  const [refusedPorts, setRefusedPorts] = useState<ReadonlySet<number>>(new Set());
  const [missing, setMissing] = useState<ReadonlyMap<string, string | undefined>>(new Map());
  const [pasting, setPasting] = useState<string>();
  const [leftover, setLeftover] = useState<string>();
  const [progress, setProgress] = useState<Progress>({ step: 'idle' });

  useEffect(() => {
    if (image !== '' && useDraft.getState().draft.image !== image) resetDraft(image);
  }, [image]);
  useEffect(() => {
    if (command === undefined) return;
    const parsed = parseRunCommand(command);
    if (parsed.ok) fillDraft(parsed.draft, parsed.notes);
  }, [command]);

  const found = findImage(images, draft.image);
  const defaults = useImageDefaults(found);
  const holders = useMemo(() => portHolders(containers), [containers]);
  const hostPorts = useHostPorts((state) => state.taken);
  const otherPorts = new Map([...[...refusedPorts].map((port) => [port, undefined] as const), ...hostPorts]);
  useHostPortLookUp(filledPorts(draft).flatMap(takenBy).filter((port) => !holders.has(port)));
  const problems = problemsOf(draft, { containers, holders, otherPorts, missingImages: missing, leftover });
  const isBusy = progress.step === 'pulling' || progress.step === 'starting';
  // An empty form is not scolded; it only cannot run.
  const told = problems.filter(({ field }) => field !== 'image' || draft.image !== '');

  async function run(start: boolean): Promise<void> {
    if (problems.length > 0 || isBusy || isAway) return;
    const { draft: wanted } = useDraft.getState();
    const { request, platform } = requestOf(wanted);
    const pull = optionOf(wanted, 'pull');
    if (pull === 'always' || (pull !== 'never' && findImage(useImages.getState().images, wanted.image) === undefined)) {
      setProgress({ step: 'pulling' });
      const pulled = await pullImage(wanted.image, platform);
      if (pulled.outcome === 'failed' && pulled.failure.kind === 'not-found') {
        const meant = await imageMeant(wanted.image, useImages.getState().images.flatMap(({ RepoTags }) => RepoTags ?? []));
        setMissing((before) => new Map([...before, [wanted.image.trim(), meant]]));
      }
      if (pulled.outcome !== 'done') return setProgress(pulled.outcome === 'failed' ? { step: 'failed', failure: pulled.failure } : { step: 'idle' });
    }
    setProgress({ step: 'starting' });
    if (leftover !== undefined) await act('remove', [leftover]);
    setLeftover(undefined);
    const known = new Set(useContainers.getState().containers.map(({ id }) => id));
    try {
      const name = wanted.name.trim();
      const { id } = await runContainer(runCommand(wanted, start), { ...(name === '' ? {} : { name }), ...(platform === undefined ? {} : { platform }), request, start });
      resetDraft('');
      go(start ? { page: 'container', id, tab: 'logs' } : { page: 'containers' });
    } catch (error) {
      const failure = error as IpcFailure;
      setProgress({ step: 'failed', failure });
      // The engine keeps a container that could not start; the next try takes its place.
      setLeftover(useContainers.getState().containers.find((view) => !known.has(view.id) && view.condition === 'created')?.id);
      const port = refusedPortOf(failure.message);
      if (port !== undefined) setRefusedPorts(new Set([...refusedPorts, port]));
    }
  }

  // A command pasted beside the fields, or into that of the image, is read into the form.
  useEffect(() => {
    function onPaste(event: ClipboardEvent): void {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const isField = isTyping(event.target) && (event.target as HTMLElement).dataset['field'] !== 'image';
      if (isField || !looksLikeRun(text)) return;
      event.preventDefault();
      const parsed = parseRunCommand(text);
      if (parsed.ok) fillDraft(parsed.draft, parsed.notes);
      else setPasting(text);
    }
    addEventListener('paste', onPaste);
    return () => removeEventListener('paste', onPaste);
  }, []);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (useDialogs.getState().dialog !== undefined || pasting !== undefined) return;
      if (event.key === 'Enter' && isMod(event)) {
        event.preventDefault();
        void run(true);
      } else if (event.key === 'Escape' && !event.defaultPrevented) go({ page: 'containers' });
    }
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  });

  return (
    <Page
      label={t('run:title')}
      bar={
 <>
        <nav className="crumbs" aria-label={t('run:containers')}>
          <a href={formatRoute({ page: 'containers' })}>{t('run:containers')}</a>
          <ChevronRight {...icon} />
          <h1>{t('run:title')}</h1>
        </nav>
        <span className="top-bar__gap" />
        <Button kind="quiet" keys="mod+V" icon={<ClipboardPaste {...icon} />} onClick={() => setPasting('')}>
          {t('run:paste.button')}
        </Button>
        </>
      }
    >
      <div className="run">
        <form className="run__form" data-region="list" aria-label={t('run:title')} onSubmit={(event) => event.preventDefault()}>
          <div className="run__fields">
            <PasteNotes />
            <ImageLine
              problem={told.find(({ field }) => field === 'image')}
              size={found?.Size}
              onAgain={() => {
                setMissing(new Map());
                setProgress({ step: 'idle' });
              }}
            />
            <NameLine problem={told.find(({ field }) => field === 'name')} />
            <Rows label={t('run:labels.ports')}>
              <PortsField problems={told} />
            </Rows>
            <Rows label={t('run:labels.env')}>
              <EnvField problems={told} />
            </Rows>
            <Rows label={t('run:labels.volumes')}>
              <VolumesField problems={told} suggestedTarget={Object.keys(defaults?.Config?.Volumes ?? {})[0]} />
            </Rows>
            <Folds problems={told} />
          </div>
        </form>
        <CommandPane problems={told} isImageHere={found !== undefined} replaces={containers.find(({ id }) => id === leftover)?.name} onEdit={() => setPasting(previewText(draft, true))} />
      </div>
      {pasting !== undefined && <PasteDialog text={pasting} onClose={() => setPasting(undefined)} />}
      <footer className="run-foot" data-region="strip">
        <FootWords problems={told} progress={progress} image={draft.image.trim()} isAway={isAway} />
        <Button kind="quiet" keys="esc" onClick={() => go({ page: 'containers' })}>
          {t('run:foot.cancel')}
        </Button>
        <Button disabled={problems.length > 0 || isBusy || isAway} onClick={() => void run(false)}>
          {t('run:foot.create')}
        </Button>
        <Button kind="primary" keys="mod+enter" icon={<Play {...icon} />} disabled={problems.length > 0 || isBusy || isAway} onClick={() => void run(true)}>
          {t('run:foot.run')}
        </Button>
      </footer>
    </Page>
  );
}

/** While a port is said to be taken, so often: nobody tells when a program lets go of one, and a container that was just stopped holds its own a moment longer. */
const lookAgainMs = 1500;

/** Asks this computer about the ports that the form would take, again when they change and when the window is looked at again. */
function useHostPortLookUp(ports: readonly number[]): void {
  const wanted = ports.join(' ');
  const taken = useHostPorts((state) => state.taken);
  const isAnyTaken = ports.some((port) => taken.has(port));
  useEffect(() => {
    const look = (): void => void lookUpHostPorts(wanted === '' ? [] : wanted.split(' ').map(Number));
    look();
    addEventListener('focus', look);
    return () => removeEventListener('focus', look);
  }, [wanted]);
  useEffect(() => {
    if (!isAnyTaken) return;
    // From the last answer on: one that is slow is not overtaken by the next question.
    const timer = setTimeout(() => void lookUpHostPorts(wanted.split(' ').map(Number)), lookAgainMs);
    return () => clearTimeout(timer);
  }, [wanted, taken, isAnyTaken]);
}

/** The port in the engine's refusal: something outside the window's knowledge has it. */
function refusedPortOf(message: string): number | undefined {
  if (!/already allocated|already in use|is taken|in use/i.test(message)) return undefined;
  const match = /:(\d{1,5}) failed|[Pp]ort (\d{1,5})\b|:(\d{1,5})\b/.exec(message);
  const port = Number(match?.[1] ?? match?.[2] ?? match?.[3]);
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="field-line field-line--rows" role="group" aria-label={label}>
      <span className="field-line__label" aria-hidden="true">
        {label}
      </span>
      <div>{children}</div>
    </div>
  );
}
