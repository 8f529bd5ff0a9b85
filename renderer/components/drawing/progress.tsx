import './drawing.css';

export interface ProgressProps {
  label: string;
  /** 0 to 1; undefined while nothing is known. */
  fraction: number | undefined;
  kind?: 'live' | 'quiet' | 'bad';
  /** The figures in words, for screen readers. */
  text?: string;
}

export function Progress({ label, fraction, kind = 'live', text }: ProgressProps) {
  const percent = fraction === undefined ? undefined : Math.round(fraction * 100);
  return (
    <div className={`progress progress--${kind}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={text}>
      {fraction !== undefined && <div className="progress__fill" style={{ width: `${fraction * 100}%` }} />}
    </div>
  );
}
