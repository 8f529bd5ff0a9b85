import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeToken } from '../theme-tokens.ts';
import { locale } from '../../i18n/i18n.ts';
import './chart.css';

export interface Series {
  label: string;
  /** A token: `--ac`, `--sig`, `--t-mag`. */
  ink: string;
  /** Filled to the ground, for one series alone. */
  isFilled?: boolean;
  /** Told apart without colour: `[4, 3]` is dashes. */
  dash?: number[];
}

export interface Mark {
  /** Unix seconds. */
  at: number;
  label: string;
  ink: string;
}

export interface ChartProps {
  /** For screen readers: what is drawn, with its last figures. */
  label: string;
  /** Unix seconds, then one array a series; null is a gap. */
  data: [readonly number[], ...(readonly (number | null)[])[]];
  series: readonly Series[];
  height: number;
  format(value: number): string;
  /** What the full height means, at least. */
  top?: number;
  /** Bytes in powers of 1024: the steps of the axis are, too. */
  isBinary?: boolean;
  /** A line across: a limit. */
  limit?: number;
  /** Restarts, kills, health: lines down with a word. */
  marks?: readonly Mark[];
  /** Charts of one key move their cursors together. */
  syncKey?: string;
}

/** A line chart over time, in the tokens of the theme. It is not animated, so that reduced motion asks nothing of it. A chunk of its own: load it lazily. */
export default function Chart({ label, data, series, height, format, top = 0, isBinary = false, limit, marks = [], syncKey }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const live = useRef({ marks, limit, format, top });
  useEffect(() => {
    live.current = { marks, limit, format, top };
  });

  const shape = JSON.stringify([series, height, syncKey, isBinary]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, series, height, { syncKey, isBinary }, live), data as uPlot.AlignedData, element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const stop = onThemeToken(() => made.redraw(true, true));
    return () => {
      stop();
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // The data is set below, without making the chart anew.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [shape]);

  useEffect(() => plot.current?.setData(data as uPlot.AlignedData), [data]);

  return <div className="chart" role="img" aria-label={label} ref={place} />;
}

type Live = { readonly current: { marks: readonly Mark[]; limit: number | undefined; format(value: number): string; top: number } };

const wholeMinutes = [60, 120, 300, 600, 900, 1800, 3600];
const powersOfTwo = Array.from({ length: 40 }, (_, power) => 2 ** (power + 10));

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function optionsOf(element: HTMLElement, series: readonly Series[], height: number, { syncKey, isBinary }: { syncKey: string | undefined; isBinary: boolean }, live: Live): uPlot.Options {
  const clock = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' });
  const axis = { stroke: () => token('--tx-3'), grid: { stroke: () => token('--line-1'), width: 1 }, ticks: { show: false }, font: '11px "Inter Variable", sans-serif' };
  return {
    width: element.clientWidth,
    height,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, ...(syncKey === undefined ? {} : { sync: { key: syncKey } }) },
    scales: { y: { range: (_, __, most) => [0, Math.max(live.current.top, live.current.limit ?? 0, most || 0) * 1.05 || 1] } },
    axes: [
      { ...axis, size: 26, incrs: wholeMinutes, values: (_, splits) => splits.map((at) => clock.format(at * 1000)) },
      { ...axis, size: 64, ...(isBinary ? { incrs: powersOfTwo } : {}), values: (_, splits) => splits.map((value) => live.current.format(value)) },
    ],
    series: [{}, ...series.map(({ label, ink, isFilled, dash }): uPlot.Series => ({ label, stroke: () => token(ink), width: 1.5, ...(dash === undefined ? {} : { dash }), ...(isFilled === true ? { fill: () => `${token(ink)}22` } : {}), points: { show: false } }))],
    hooks: { draw: [(made) => drawMarks(made, live.current)] },
  };
}

function drawMarks(plot: uPlot, { marks, limit }: { marks: readonly Mark[]; limit: number | undefined }): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  ctx.textAlign = 'left';
  ctx.font = `${11 * devicePixelRatio}px "Inter Variable", sans-serif`;
  if (limit !== undefined) {
    const y = plot.valToPos(limit, 'y', true);
    line(ctx, token('--sig'), bbox.left, y, bbox.left + bbox.width, y);
  }
  for (const { at, label, ink } of marks) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    line(ctx, token(ink), x, bbox.top, x, bbox.top + bbox.height);
    ctx.fillStyle = token(ink);
    ctx.strokeStyle = token('--bg-1');
    // At the right edge it stands before its line.
    const width = ctx.measureText(label).width + 4 * devicePixelRatio;
    const isAtEdge = x + width > bbox.left + bbox.width;
    const [textX, textY] = [isAtEdge ? x - width : x + 4 * devicePixelRatio, bbox.top + 11 * devicePixelRatio];
    // A rim of the ground keeps the word readable where a curve runs behind it.
    ctx.save();
    ctx.setLineDash([]);
    ctx.lineJoin = 'round';
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.strokeText(label, textX, textY);
    ctx.restore();
    ctx.fillText(label, textX, textY);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, ink: string, fromX: number, fromY: number, toX: number, toY: number): void {
  ctx.strokeStyle = ink;
  ctx.beginPath();
  ctx.moveTo(fromX, fromY);
  ctx.lineTo(toX, toY);
  ctx.stroke();
}
