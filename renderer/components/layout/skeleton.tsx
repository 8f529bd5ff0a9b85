import './layout.css';

const widths = [
  [64, 150, 120, 70],
  [52, 110, 150, 40],
  [64, 190, 90, 90],
  [58, 130, 130, 60],
];

/** The shape of a list while it is read for the first time; shown only when that takes longer than a blink. */
export function SkeletonRows({ label, rows = 8 }: { label: string; rows?: number }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div className="skeleton__row" key={row}>
          {(widths[row % widths.length] ?? []).map((width, column) => (
            <div className="skeleton__bar" key={column} style={{ width, marginRight: 200 - width }} />
          ))}
        </div>
      ))}
    </div>
  );
}
