import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { checkIds, type CheckResult, type Finding } from '../../../contract/troubleshoot.ts';
import { Button } from '../../components/controls/button.tsx';
import { StateGlyph, type GlyphShape } from '../../components/drawing/state-glyph.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { t } from '../../i18n/i18n.ts';
import { saidByMain } from '../../i18n/said-by-main.ts';

const shapes: Record<CheckResult['status'], GlyphShape> = { good: 'healthy', warning: 'unhealthy', bad: 'failed', skipped: 'exited' };
/** In bytes, told in words. */
const sizes = new Set(['free', 'wanted', 'total']);
type Trouble = Exclude<Finding, `${string}.good` | `${string}.skipped` | 'dns.servers'>;

/** Each thing that a start or a running engine stands on: what was found, and what to do where something is to be done. */
export function Checks({ checks }: { checks: readonly CheckResult[] | undefined }) {
  const troubles = checks?.filter(({ status }) => status === 'warning' || status === 'bad').length ?? 0;
  return (
    <section aria-label={t('troubleshoot:checks.title')}>
      <h2>{t('troubleshoot:checks.title')}</h2>
      <p role="status">{checks === undefined ? t('troubleshoot:checks.running') : t('troubleshoot:checks.found', { count: troubles })}</p>
      <ul className="findings">
        {checks === undefined
          ? checkIds.map((id) => (
              <li key={id} className="finding">
                <StateGlyph shape="working" />
                <div>
                  <strong>{t(`troubleshoot:names.${id}`)}</strong>
                </div>
              </li>
            ))
          : checks.map((result) => <Row key={result.id} result={result} />)}
      </ul>
    </section>
  );
}

function Row({ result: { id, status, finding, values, command } }: { result: CheckResult }) {
  const words = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sizes.has(name) ? formatMemory(Number(value)) : typeof value === 'string' ? saidByMain(value) : value]));
  const isTrouble = status === 'warning' || status === 'bad';
  return (
    <li className={`finding finding--${status}`}>
      <StateGlyph shape={shapes[status]} />
      <div className="selectable isolated">
        <strong>{t(`troubleshoot:names.${id}`)}</strong>
        <span className="unseen"> {t(`troubleshoot:status.${status}`)}:</span>
        <span> {t(`troubleshoot:findings.${finding}`, { count: Number(values['count'] ?? 0), ...words })}</span>
        {isTrouble && <p>{t(`troubleshoot:steps.${finding as Trouble}`, words)}</p>}
        {command !== undefined && <Command text={command} />}
      </div>
    </li>
  );
}

function Command({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="finding__command">
      <code>{text}</code>
      <Button size="small" icon={isCopied ? <Check size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />} onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
        {isCopied ? t('common:copied') : t('common:copy')}
      </Button>
    </div>
  );
}
