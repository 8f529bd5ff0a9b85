import type { ContainerSummary } from '../../contract/engine-api/container.ts';
import { hourStep, type Point, type Sample, type StatsHistory, type StatsMark } from '../../contract/stats.ts';

/** Figures that look like those of a machine at work: the same for the same name and time. */
function sampleAt({ Names: [name = ''] }: ContainerSummary, at: number): Sample {
  const seed = [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 997, 7);
  const wave = (period: number): number => (Math.sin((at / 1000 / period) * Math.PI * 2 + seed) + 1) / 2;
  const noise = Math.abs(Math.sin(at / 1000 + seed * 13) * 43_758.5453) % 1;
  const isQuiet = seed % 4 === 0;
  const cpu = isQuiet ? 0.2 + noise * 0.3 : 2 + wave(170) * (seed % 23) + noise * 6 + (wave(1300) > 0.93 ? 70 : 0);
  const limit = name.includes('worker') ? 256 * 2 ** 20 : 4096 * 2 ** 20;
  const memory = Math.min(limit * 0.97, (20 + (seed % 300) + wave(900) * 60) * 2 ** 20);
  return [cpu, memory, limit, isQuiet ? 0 : wave(60) * 90_000 + noise * 20_000, isQuiet ? 0 : wave(45) * 40_000, wave(800) > 0.9 ? noise * 4e6 : 0, noise > 0.8 ? 200_000 : 12_000, 3 + (seed % 20)];
}

const isUp = ({ State }: ContainerSummary): boolean => State === 'running' || State === 'paused';

export function fakeSamples(containers: readonly ContainerSummary[], at: number): Record<string, Sample> {
  return Object.fromEntries(containers.filter(isUp).map((one) => [one.Id, sampleAt(one, at)]));
}

export function fakeRecent(containers: readonly ContainerSummary[], now: number): Record<string, Point[]> {
  return Object.fromEntries(containers.filter(isUp).map((one) => [one.Id, range(now - 120_000, now, 2000).map((at): Point => [at, ...sampleAt(one, at)])]));
}

/** @param id without one: everything together. */
export function fakeHistory(containers: readonly ContainerSummary[], id: string | undefined, now: number): StatsHistory {
  const own = containers.filter((one) => (id === undefined ? isUp(one) : one.Id === id));
  const at = (time: number): Point => own.map((one) => sampleAt(one, time)).reduce<number[]>((sum, sample) => sum.map((value, index) => (index === 0 ? value : value + (sample[index - 1] ?? 0))), [time, 0, 0, 0, 0, 0, 0, 0, 0]) as Point;
  const minute = 60_000;
  const mark = (ago: number, kind: StatsMark['kind'], exitCode?: number): StatsMark => ({ at: now - ago, id: id ?? '', name: '', kind, ...(exitCode === undefined ? {} : { exitCode }) });
  const hasRun = own.some(({ State }) => State !== 'created');
  return {
    // The app was closed for a while.
    hour: hasRun ? range(now - 55 * minute, now, hourStep).filter((time) => time < now - 30 * minute || time > now - 26 * minute).map(at) : [],
    recent: own.some(isUp) ? range(now - 4 * minute, now, 1000).map(at) : [],
    marks: hasRun ? [mark(41 * minute, 'oom'), mark(41 * minute - 300, 'die', 137), mark(41 * minute - 900, 'start'), mark(38 * minute, 'healthy'), mark(2.2 * minute, 'unhealthy'), mark(0.8 * minute, 'healthy')] : [],
  };
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) }, (_, index) => from + (index + 1) * step);
}

/** `docker top` of a small web service. */
export const fakeProcesses = {
  Titles: ['PID', 'PPID', 'USER', '%CPU', 'RSS', 'ELAPSED', 'COMMAND'],
  Processes: [
    ['4121', '4099', '1000', '0.4', '9120', '03:11:40', 'docker-entrypoint.sh node server.js --listen 0.0.0.0:3000'],
    ['4160', '4121', '1000', '6.1', '142336', '03:11:39', 'node --inspect=0.0.0.0:9229 server.js --listen 0.0.0.0:3000'],
    ['4188', '4160', '1000', '0.0', '44120', '03:11:38', 'node node_modules/.bin/tsc --watch --preserveWatchOutput --project tsconfig.json'],
  ],
};
