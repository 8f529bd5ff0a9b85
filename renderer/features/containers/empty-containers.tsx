import { ArrowDownToLine, FolderOpen, Globe, Layers, Play } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/controls/button.tsx';
import { Ramp } from '../../components/drawing/ramp.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import type { IpcFailure } from '../../api.ts';
import { commandText, type DockerCommand } from '../../format/engine/docker-command.ts';
import { sentences } from '../../format/sentence.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { findImage, useImages } from '../../stores/images.ts';
import { go } from '../../stores/window/navigation.ts';
import { serveOwnFolder } from '../../stores/own-folder.ts';
import { runContainer } from '../../stores/containers/run-container.ts';
import { t } from '../../i18n/i18n.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const helloImage = 'slipway/hello';

function helloCommand(port: number): DockerCommand {
  return ['docker', 'run', '--detach', '--name', 'hello', '--publish', `${port}:80`, helloImage];
}

/** The first thing to run, without any network: its command is shown, and it is what the button does. */
export function EmptyContainers() {
  const [port, setPort] = useState(8080);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<IpcFailure>();
  // Another engine may not have it; then the way is not offered.
  const hasHello = useImages(({ status, images }) => status === 'unread' || findImage(images, helloImage) !== undefined);
  const isPortTaken = failure !== undefined && /port|address already in use/i.test(failure.message);

  function runHello(on: number): void {
    setBusy(true);
    setFailure(undefined);
    runContainer(helloCommand(on), {
      name: 'hello',
      request: { Image: helloImage, ExposedPorts: { '80/tcp': {} }, HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '', HostPort: String(on) }] } } },
    })
      .catch((error: IpcFailure) => setFailure(error))
      .finally(() => setBusy(false));
  }

  return (
    <div className="page__scroll empty-scroll">
      <div className="empty">
        <Ramp width={560} hull="empty" />
        <h2>{t('containers:empty.title')}</h2>
        <p>{t('containers:empty.body')}</p>
        <div className="ways">
          {hasHello && (
            <div className="way">
              <Globe {...icon} />
              <div>
                <strong>{t('containers:empty.hello')}</strong>
                <code className="selectable">{commandText(helloCommand(port))}</code>
                {failure !== undefined && (
                  <p className="way__trouble selectable isolated" role="alert">
                    <strong>{t('containers:empty.failed')}</strong> {sentences(failure.message, failure.hint)}
                  </p>
                )}
              </div>
              <Button
                kind="primary"
                keys="enter"
                autoFocus
                disabled={isBusy}
                icon={isBusy ? <StateGlyph shape="working" /> : <Play size={14} strokeWidth={1.75} aria-hidden="true" />}
                onClick={() => {
                  const next = isPortTaken ? port + 1 : port;
                  setPort(next);
                  runHello(next);
                }}
              >
                {isPortTaken ? t('containers:empty.freePort', { port: port + 1 }) : t('containers:empty.runIt')}
              </Button>
            </div>
          )}
          <div className="way">
            <FolderOpen {...icon} />
            <div>
              <strong>{t('containers:empty.site')}</strong>
              <code>docker run --publish 8080:80 --volume …</code>
            </div>
            <Button onClick={() => void serveOwnFolder()}>{t('containers:empty.siteButton')}</Button>
          </div>
          <div className="way">
            <Layers {...icon} />
            <div>
              <strong>{t('containers:empty.known')}</strong>
              <code>docker run …</code>
            </div>
            <Button keys="N" onClick={() => go({ page: 'run', image: '' })}>
              {t('containers:run')}
            </Button>
          </div>
          <div className="way">
            <ArrowDownToLine {...icon} />
            <div>
              <strong>{t('containers:empty.pull')}</strong>
              <code>docker pull …</code>
            </div>
            <Button onClick={() => openDialog({ kind: 'pull', reference: '' })}>{t('containers:empty.pullButton')}</Button>
          </div>
        </div>
      </div>
    </div>
  );
}
