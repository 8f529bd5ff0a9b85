import './chart.css';

const width = 58;
const height = 18;

/**
 * The last minutes of a figure that stands beside it. Silent: the figure is what is read.
 * @param values oldest first.
 * @param top what the full height means, at least; a higher value raises it.
 */
export function Sparkline({ values, top, isQuiet = false }: { values: readonly number[]; top: number; isQuiet?: boolean }) {
  if (values.length < 2) return <svg className="sparkline" width={width} height={height} aria-hidden="true" />;
  const most = Math.max(top, ...values);
  const points = values.map((value, index) => `${((index / (values.length - 1)) * width).toFixed(1)} ${(height - 1 - (Math.max(0, value) / most) * (height - 2)).toFixed(1)}`);
  const line = `M${points.join('L')}`;
  return (
    <svg className={`sparkline${isQuiet ? ' sparkline--quiet' : ''}`} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <path className="sparkline__ground" d={`${line}L${width} ${height}L0 ${height}Z`} />
      <path className="sparkline__line" d={line} fill="none" />
    </svg>
  );
}
