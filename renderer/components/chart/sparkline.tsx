import { sparkHeight, sparkPath, sparkWidth } from './spark-path.ts';
import './chart.css';

/** The last minutes of a figure that stands beside it. Silent: the figure is what is read. See {@link sparkPath}. */
export function Sparkline({ values, top, isQuiet = false }: { values: readonly number[]; top: number; isQuiet?: boolean }) {
  return <SparkLine path={sparkPath(values, top)} isQuiet={isQuiet} />;
}

/** @param path of {@link sparkPath}, for whoever draws only when it is another. */
export function SparkLine({ path, isQuiet }: { path: string; isQuiet: boolean }) {
  return (
    <svg className={`sparkline${isQuiet ? ' sparkline--quiet' : ''}`} width={sparkWidth} height={sparkHeight} viewBox={`0 0 ${sparkWidth} ${sparkHeight}`} aria-hidden="true">
      {path !== '' && <path className="sparkline__ground" d={`${path}L${sparkWidth} ${sparkHeight}L0 ${sparkHeight}Z`} />}
      {path !== '' && <path className="sparkline__line" d={path} fill="none" />}
    </svg>
  );
}
