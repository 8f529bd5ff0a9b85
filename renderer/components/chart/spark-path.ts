export const sparkWidth = 58;
export const sparkHeight = 18;

/**
 * The line of a sparkline as the path of an SVG; empty where there is none yet.
 * @param values oldest first.
 * @param top what the full height means, at least; a higher value raises it.
 */
export function sparkPath(values: readonly number[], top: number): string {
  if (values.length < 2) return '';
  const most = Math.max(top, ...values);
  const points = values.map((value, index) => `${((index / (values.length - 1)) * sparkWidth).toFixed(1)} ${(sparkHeight - 1 - (Math.max(0, value) / most) * (sparkHeight - 2)).toFixed(1)}`);
  return `M${points.join('L')}`;
}
