import type { ContainerUsage, UsageReport } from '../../contract/engine-api/usage.ts';
import type { Sample } from '../../contract/stats.ts';

/** What was used between two reports, by container. One that is new, or was started anew in between, has no rate yet and is left out. */
export function samplesOf(before: UsageReport, now: UsageReport): Map<string, Sample> {
  const seconds = (now.At - before.At) / 1000;
  const samples = new Map<string, Sample>();
  if (seconds <= 0) return samples;
  const known = new Map(before.Containers.map((usage) => [usage.Id, usage]));
  for (const usage of now.Containers) {
    const old = known.get(usage.Id);
    if (old === undefined || usage.CpuTime < old.CpuTime) continue;
    // A counter that goes back (an interface taken away) counts nothing.
    const rate = (name: keyof ContainerUsage) => Math.max(0, ((usage[name] as number) - (old[name] as number)) / seconds);
    samples.set(usage.Id, [rate('CpuTime') / 1e7, usage.Memory, usage.MemoryLimit, rate('Received'), rate('Sent'), rate('Read'), rate('Written'), usage.Processes]);
  }
  return samples;
}
