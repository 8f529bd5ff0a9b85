import type { ReactNode } from 'react';

export interface Segment<T extends string> {
  value: T;
  label: string;
  icon?: ReactNode;
  count?: number;
}

export interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  segments: readonly Segment<T>[];
  onPick(value: T): void;
}

/** A few views of the same thing, one of them pressed. */
export function Segments<T extends string>({ label, value, segments, onPick }: SegmentsProps<T>) {
  return (
    <div className="segments" role="group" aria-label={label}>
      {segments.map((segment) => (
        <button key={segment.value} type="button" aria-pressed={segment.value === value} onClick={() => onPick(segment.value)}>
          {segment.icon}
          <span>{segment.label}</span>
          {segment.count !== undefined && <small className="numbers">{segment.count}</small>}
        </button>
      ))}
    </div>
  );
}
