import type { ReactNode } from 'react';
import { Mark } from '../../components/drawing/mark.tsx';
import { formatMemory } from '../../format/bytes.ts';
import { useSettings } from '../../stores/settings.ts';
import { text } from './text.ts';

/** What is being started, in figures. */
export function StartUpFoot({ children }: { children?: ReactNode }) {
  const { facts, settings } = useSettings();
  return (
    <footer className="start-up__foot">
      <strong>
        <Mark size={17} />
        {text.foot.name(facts?.version ?? '')}
      </strong>
      {settings !== undefined && (
        <>
          <span>{text.foot.vm}</span>
          <span>{text.foot.cpus(settings.cpus)}</span>
          <span>{text.foot.memory(formatMemory(settings.memoryMiB * 2 ** 20))}</span>
          <span>{text.foot.disk(settings.diskGiB)}</span>
        </>
      )}
      <span className="start-up__gap" />
      {children}
    </footer>
  );
}
