import './chart.css';

export interface SizePart {
  /** `own` solid, `shared` hatched, `free` striped in teal: can go. */
  kind: 'own' | 'shared' | 'free' | 'other';
  bytes: number;
}

/** A size against the largest of its list (or a disk): shape tells the kind, colour only confirms. The figures stand beside it in words. */
export function SizeBar({ label, parts, whole }: { label: string; parts: readonly SizePart[]; whole: number }) {
  return (
    <div className="size-bar" role="img" aria-label={label}>
      {parts.map(({ kind, bytes }, index) => bytes > 0 && whole > 0 && <i key={index} className={`size-bar__${kind}`} style={{ width: `${Math.min(100, (bytes / whole) * 100)}%` }} />)}
    </div>
  );
}
