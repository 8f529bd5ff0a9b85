import type { Stage } from './stage.ts';

/** One figure of the window, with its goal. */
export interface Measure {
  name: string;
  value: number;
  unit: string;
  /** At most; at least where `isLeast`. */
  goal: number;
  isLeast?: boolean;
  note?: string;
}

export interface UiRow {
  name: string;
  /** @param quick a tenth of the material, for trying out the row itself */
  run(stage: Stage, quick: boolean): Promise<Measure[]>;
}

export const meets = ({ value, goal, isLeast = false }: Measure): boolean => (isLeast ? value >= goal : value <= goal);
