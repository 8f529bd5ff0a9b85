import type { Api } from './client/api.ts';
import type { Material } from './material/material.ts';
import type { CrunRunner } from './subjects/crun.ts';

export type EngineName = 'slipway' | 'dockerd' | 'podman';

/** A container engine that runs for the bench. */
export interface Engine {
  readonly name: EngineName;
  readonly version: string;
  readonly socket: string;
  readonly api: Api;
  /** What the engine consists of, containers left out; undefined where it cannot be seen (in a VM). */
  processes(): number[] | undefined;
  /** A program in the engine's network namespace, or undefined where there is no way in. */
  inNetwork(command: readonly string[]): string[] | undefined;
  /** What the engine wrote as the OCI config of a running container; only our own says. */
  ociConfig?(containerId: string): string;
  stop(): Promise<void>;
}

/** What rows share. */
export interface Bench {
  material: Material;
  crun: CrunRunner | undefined;
  /** Fewer and smaller, to see that a row works. */
  quick: boolean;
  /** A fifth of the rounds, at least one. */
  short: boolean;
  /** Our engine runs in its virtual machine, emulated where there is no other way. */
  vm: boolean;
  /** In place of each row's own number of rounds. */
  rounds: number | undefined;
  /** A folder that goes with the bench, on the disk that the engines use. */
  directory: string;
  engines: ReadonlyMap<EngineName, Engine>;
  say(line: string): void;
}

/** `ratio`: at most so many times what the other took. `limit`: at most this. */
export type Goal =
  | { kind: 'ratio'; against: 'dockerd' | 'podman' | 'floor'; atMost: number }
  | { kind: 'limit'; atMost: number }
  /** At most so many times this engine's own figure on another line. */
  | { kind: 'flat'; line: string; atMost: number };

/** One line of the table. */
export interface Line {
  key: string;
  title: string;
  unit: 'ms' | 'MB' | '%' | '1/s';
  goals: readonly Goal[];
}

/** Figures by the key of their line. */
export type Values = Record<string, number>;

export interface Measurement {
  /** Does the work once. @throws Error when the engine does it wrongly: that is no figure */
  measure(): Promise<Values>;
  /** Takes away what {@link Row.open} and the measuring made. */
  close(): Promise<void>;
}

/** One kind of work. Its measurements are taken in turn: each engine once, then each once again. */
export interface Row {
  /** For `--rows`. */
  name: string;
  lines: readonly Line[];
  /** How often each engine does it, after one time that does not count where `warmUp` is set. */
  rounds: { full: number; quick: number };
  warmUp: boolean;
  engines: readonly EngineName[];
  open(engine: Engine, bench: Bench): Promise<Measurement>;
  /** The same work by the programs below every engine. */
  floor?: { title: string; open(bench: Bench): Promise<Measurement> };
}

export const everyEngine: readonly EngineName[] = ['slipway', 'dockerd', 'podman'];

export function againstDockerd(atMost: number): Goal {
  return { kind: 'ratio', against: 'dockerd', atMost };
}

export function againstFloor(atMost: number): Goal {
  return { kind: 'ratio', against: 'floor', atMost };
}
