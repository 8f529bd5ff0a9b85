import { Copy, Eye, EyeOff } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { JsonTree } from '../../../components/code/json-tree.tsx';
import { CodeView } from '../../../components/code/lazy-code-view.tsx';
import { Button } from '../../../components/controls/button.tsx';
import { FilterField } from '../../../components/controls/filter-field.tsx';
import { Segments } from '../../../components/controls/segments.tsx';
import { SubBar } from '../../../components/layout/page.tsx';
import { SkeletonRows } from '../../../components/layout/skeleton.tsx';
import { ErrorState } from '../../../components/layout/states.tsx';
import type { ContainerView } from '../../../format/engine/container.ts';
import { commandText, docker } from '../../../format/engine/docker-command.ts';
import { t } from '../../../i18n/i18n.ts';
import { useInspect } from '../use-inspect.ts';
import { partWith, templateOf, withoutSecrets } from './inspect-view.ts';
import '../container-details.css';

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;

type Look = 'tree' | 'json';

/** Everything that the engine knows of the container, as it says it. */
export default function InspectPanel({ view }: { view: ContainerView }) {
  const { inspect, failure, again } = useInspect(view);
  const [look, setLook] = useState<Look>('tree');
  const [filter, setFilter] = useState('');
  const [showsSecrets, setShowsSecrets] = useState(false);
  const [path, setPath] = useState('');
  const wanted = useDeferredValue(filter.trim());

  const safe = useMemo(() => (inspect === undefined ? undefined : withoutSecrets(inspect)), [inspect]);
  const value = showsSecrets ? inspect : safe?.value;
  const shown = useMemo(() => (wanted === '' ? value : partWith(value, wanted)), [value, wanted]);
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? '', [value]);

  if (inspect === undefined || value === undefined) return failure === undefined ? <SkeletonRows label={t('container-details:reading')} rows={8} /> : <ErrorState title={t('container-details:failed')} failure={failure} onAgain={again} />;
  const command = commandText(path === '' ? docker.inspect(view.name) : docker.inspectPart(view.name, templateOf(path, value)));
  return (
    <>
      <SubBar label={t('container-details:inspect.bar')}>
        <Segments<Look>
          label={t('container-details:inspect.look')}
          value={look}
          segments={[
            { value: 'tree', label: t('container-details:inspect.tree') },
            { value: 'json', label: t('container-details:inspect.json') },
          ]}
          onPick={setLook}
        />
        {look === 'tree' && <FilterField label={t('container-details:inspect.filter')} value={filter} onValue={setFilter} keys="/" />}
        <span className="top-bar__gap" />
        {safe?.hasSecrets === true && (
          <Button kind="quiet" icon={showsSecrets ? <EyeOff {...icon} /> : <Eye {...icon} />} aria-pressed={showsSecrets} onClick={() => setShowsSecrets(!showsSecrets)}>
            {showsSecrets ? t('container-details:inspect.hideSecrets') : t('container-details:inspect.showSecrets')}
          </Button>
        )}
        <Button icon={<Copy {...icon} />} onClick={() => void navigator.clipboard.writeText(text)}>
          {t('container-details:inspect.copyAll')}
        </Button>
      </SubBar>
      {look === 'json' ? (
        <CodeView label={t('container-details:inspect.json')} text={text} language="json" />
      ) : shown === undefined ? (
        <p className="list-note">{t('container-details:inspect.noMatch', { filter: wanted })}</p>
      ) : (
        <JsonTree key={wanted === '' ? 'all' : 'found'} label={t('container-details:inspect.label', { name: view.name })} value={shown} openDepth={wanted === '' ? 1 : 99} onActive={setPath} />
      )}
      {look === 'tree' && (
        <div className="inspect-foot">
          <code className="cut isolated selectable">{command}</code>
          <Button size="small" kind="quiet" icon={<Copy {...icon} />} onClick={() => void navigator.clipboard.writeText(command)}>
            {t('container-details:inspect.copyCommand')}
          </Button>
        </div>
      )}
    </>
  );
}
