import { Button, LinkButton } from '../../components/controls/button.tsx';
import { Ramp } from '../../components/drawing/ramp.tsx';
import { StateGlyph } from '../../components/drawing/state-glyph.tsx';
import { t } from '../../i18n/i18n.ts';
import { useContainers } from '../../stores/containers/containers.ts';
import { firstSteps, hideFirstSteps, useFirstSteps, type FirstStep } from '../../stores/first-steps.ts';
import { findImage, useImages } from '../../stores/images.ts';
import { go, type Route } from '../../stores/window/navigation.ts';
import { serveOwnFolder } from '../../stores/own-folder.ts';
import { screenOf } from '../../stores/window/screens.ts';
import { Card } from './card.tsx';

/** What a newcomer does first. Each ticks itself off when the engine shows that it is done, in whatever way it was. */
export function FirstSteps() {
  const { done, isHidden } = useFirstSteps();
  const count = firstSteps.filter((step) => done[step] === true).length;
  const next = firstSteps.find((step) => done[step] !== true);
  if (isHidden) {
    return next === undefined ? null : (
      <p className="home__again">
        <LinkButton onClick={() => hideFirstSteps(false)}>{t('home:steps.show')}</LinkButton>
      </p>
    );
  }
  return (
    <Card title={t('home:steps.title')} note={t('home:steps.of', { done: count, all: firstSteps.length })} action={<LinkButton onClick={() => hideFirstSteps(true)}>{t('home:steps.hide')}</LinkButton>}>
      <div className="home-steps__ramp">
        <Ramp width={320} steps={firstSteps.length} done={count} hull={next === undefined ? 'floating' : 'moving'} />
      </div>
      <ol className="home-rows">
        {firstSteps.map((step) => (
          <li key={step} className={`home-step${step === next ? ' home-step--next' : ''}`} aria-current={step === next ? 'step' : undefined}>
            <StateGlyph shape={done[step] === true ? 'healthy' : 'exited'} />
            <div>
              <span className="home-step__name">
                {t(`home:steps.names.${step}`)}
                <span className="unseen"> {done[step] === true ? t('home:steps.done') : t('home:steps.open')}</span>
              </span>
              {step === next && (
                <>
                  <p>{t(`home:steps.bodies.${step}`)}</p>
                  <StepButton step={step} />
                </>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function StepButton({ step }: { step: FirstStep }) {
  const containers = useContainers((state) => state.containers);
  const hasHello = useImages(({ images }) => findImage(images, 'slipway/hello') !== undefined);
  return (
    <div className="home-step__actions">
      <Button kind="primary" onClick={() => go(placeOf(step, containers[0]?.id, hasHello))}>
        {t(`home:steps.actions.${step}`)}
      </Button>
      {step === 'publish' && <Button onClick={() => void serveOwnFolder()}>{t('home:steps.site')}</Button>}
    </div>
  );
}

function placeOf(step: FirstStep, container: string | undefined, hasHello: boolean): Route {
  switch (step) {
    case 'run':
    case 'publish':
      return { page: 'run', image: hasHello ? 'slipway/hello' : 'nginx:alpine' };
    case 'logs':
      return container === undefined ? { page: 'containers' } : { page: 'container', id: container, tab: 'logs' };
    case 'volume':
      return { page: 'run', image: 'postgres:17' };
    case 'talk':
      return screenOf('networks') === undefined ? { page: 'run', image: '' } : { page: 'networks' };
    case 'remove':
      return { page: 'containers' };
  }
}
