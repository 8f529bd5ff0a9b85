import type { EngineName, Goal, Line } from '../row.ts';

/** Medians of one line, by engine; `floor` is that of the programs below the engines. */
export type Medians = Partial<Record<EngineName | 'floor', number>>;

export interface Verdict {
  goal: string;
  /** undefined where what it is measured against is missing. */
  met: boolean | undefined;
  /** How far it is: what was measured divided by what is allowed. */
  share: number | undefined;
  /** What lies below every engine takes longer than the goal allows. */
  belowFloor: boolean;
}

/** No work may take longer than podman takes for it. */
const notSlowerThanPodman: Goal = { kind: 'ratio', against: 'podman', atMost: 1 };

/** @param otherLines medians of this engine on the other lines of the row, for goals that compare lines */
export function judge(line: Line, medians: Medians, otherLines: ReadonlyMap<string, number>): Verdict[] {
  const own = medians.slipway;
  const goals = line.unit === 'ms' && line.goals.length > 0 && medians.podman !== undefined ? [...line.goals, notSlowerThanPodman] : line.goals;
  return goals.map((goal) => {
    const allowed = allowedBy(goal, medians, otherLines);
    const share = own === undefined || allowed === undefined ? undefined : own / allowed;
    return { goal: describe(goal), met: share === undefined ? undefined : share <= 1, share, belowFloor: allowed !== undefined && medians.floor !== undefined && allowed < medians.floor };
  });
}

function allowedBy(goal: Goal, medians: Medians, otherLines: ReadonlyMap<string, number>): number | undefined {
  if (goal.kind === 'limit') return goal.atMost;
  const other = goal.kind === 'flat' ? otherLines.get(goal.line) : medians[goal.against];
  return other === undefined ? undefined : other * goal.atMost;
}

function describe(goal: Goal): string {
  if (goal.kind === 'limit') return `≤ ${goal.atMost}`;
  return `≤ ${goal.atMost} × ${goal.kind === 'flat' ? goal.line : goal.against}`;
}
