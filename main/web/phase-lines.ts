import type { VmState } from '../../contract/vm-state.ts';

/** The VM's way as lines for a terminal: each phase once it is done, then the outcome. Answers the new lines of each state. */
export function phaseLines(): (state: VmState) => string[] {
  let told = new Set<string>();
  let lastStatus: VmState['status'] | undefined;
  return (state) => {
    const lines: string[] = [];
    const isStart = state.status === 'starting' || state.status === 'resuming';
    if (isStart && lastStatus !== 'starting' && lastStatus !== 'resuming') told = new Set();
    for (const phase of isStart || state.status === 'running' || state.status === 'failed' ? state.phases : []) {
      if (phase.status !== 'done' || told.has(phase.id)) continue;
      told.add(phase.id);
      lines.push(`  ${phase.id.padEnd(13)}${String(Math.round(phase.tookMs ?? 0)).padStart(6)} ms  ${phase.detail ?? ''}`.trimEnd());
    }
    if (state.status !== lastStatus) lines.push(...outcome(state));
    lastStatus = state.status;
    return lines;
  };
}

function outcome(state: VmState): string[] {
  switch (state.status) {
    case 'running': {
      const last = state.phases.reduce((end, phase) => Math.max(end, (phase.startedMs ?? 0) + (phase.tookMs ?? 0)), 0);
      return [`The engine (${state.engineVersion}, ${state.accelerator}) answers after ${Math.round(last)} ms.`];
    }
    case 'failed':
      return [
        `The start failed at ${state.failure.phase}: ${state.failure.message}`,
        ...state.failure.steps.map(({ text, command }) => `  - ${text}${command === undefined ? '' : ` ${command}`}`),
      ];
    case 'stopping':
      return ['Stopping …'];
    case 'suspending':
      return ['Suspending …'];
    case 'suspended':
      return [`Suspended${state.containers === 0 ? '' : ` with ${state.containers} running ${state.containers === 1 ? 'container' : 'containers'}`}; the next docker command or window resumes it.`];
    case 'resuming':
      return ['Resuming …'];
    case 'stopped':
    case 'starting':
      return [];
  }
}
