import type { ReactNode } from 'react';
import { t } from '../../i18n/i18n.ts';
import { Button } from '../controls/button.tsx';
import { SubBar } from './page.tsx';

/** Takes the place of a list's bar while rows are chosen, so that nothing moves. Its children are what can be done with them. */
export function SelectionBar({ label, count, onClear, children }: { label: string; count: number; onClear(): void; children: ReactNode }) {
  return (
    <SubBar label={label} className="selection-bar">
      <span className="selection-bar__count numbers" role="status">
        {t('common:selected', { count })}
      </span>
      {children}
      <span className="sub-bar__gap" />
      <Button kind="quiet" keys="esc" onClick={onClear}>
        {t('common:clear')}
      </Button>
    </SubBar>
  );
}
