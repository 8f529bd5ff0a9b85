import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton, LinkButton } from '../../components/controls/button.tsx';
import { t } from '../../i18n/i18n.ts';
import { formatClock } from '../../i18n/intl.ts';
import { useCommands } from '../../stores/window/commands.ts';
import { openDialog } from '../../stores/window/dialogs.ts';
import { Card } from './card.tsx';

export function CommandsSection() {
  const entries = useCommands((state) => state.entries);
  const [copied, setCopied] = useState<number>();
  if (entries.length === 0) return null;
  return (
    <Card title={t('home:commands.title')} action={<LinkButton onClick={() => openDialog({ kind: 'history' })}>{t('home:commands.all')}</LinkButton>}>
      <ul className="home-rows">
        {entries
          .slice(-4)
          .toReversed()
          .map(({ id, text, startedAt }) => (
            <li key={id} className="home-row home-row--small">
              <code className="cut selectable isolated">{text}</code>
              <time className="numbers">{formatClock(startedAt)}</time>
              <IconButton label={t('home:commands.copy', { command: text })} onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(id))}>
                {copied === id ? <Check size={14} strokeWidth={1.75} /> : <Copy size={14} strokeWidth={1.75} />}
              </IconButton>
            </li>
          ))}
      </ul>
    </Card>
  );
}
