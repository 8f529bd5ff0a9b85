import { archivePath, extractArchive, statPath } from './files/archive.ts';
import { attachToContainer } from './stdio/attach.ts';
import { containerChanges } from './files/changes.ts';
import { containerFiles } from './files/container-files.ts';
import { containersDisk } from './disk.ts';
import { commitContainer } from './files/commit.ts';
import { createContainer } from './lifecycle/create.ts';
import type { ContainerDependencies } from './dependencies.ts';
import { createExec } from './exec/create-exec.ts';
import { ExecStore } from './exec/exec-store.ts';
import { inspectExec, resizeExec } from './exec/inspect-exec.ts';
import { handleExecExit, startExec } from './exec/start-exec.ts';
import { exportContainer } from './files/export.ts';
import { handleExit } from './lifecycle/exit.ts';
import { inspectContainer } from './inspect.ts';
import { killContainer } from './lifecycle/kill.ts';
import { LogViews } from './logs/views/log-views.ts';
import { pickLogLines, streamLogLines } from './logs/views/log-lines.ts';
import type { LogLinesOptions } from './logs/views/log-lines.ts';
import { streamLogState } from './logs/views/log-state.ts';
import { mapLogs } from './logs/views/map-logs.ts';
import type { LogStateOptions } from './logs/views/log-state.ts';
import { checkCondition, searchLogs } from './logs/views/search-logs.ts';
import type { LogSearchOptions } from './logs/views/search-logs.ts';
import { listContainers, listContainersJson } from './listing/list.ts';
import { readLogs } from './logs.ts';
import { connectNetwork, disconnectNetwork } from './network-connections.ts';
import { pauseContainer, unpauseContainer } from './lifecycle/pause.ts';
import { pruneContainers } from './lifecycle/prune.ts';
import { removeContainer } from './lifecycle/remove.ts';
import { renameContainer } from './lifecycle/rename.ts';
import { resizeContainer } from './stdio/resize.ts';
import { restartContainer } from './lifecycle/restart.ts';
import { startContainer } from './lifecycle/start.ts';
import { containerStats } from './stats.ts';
import { usageOfAll } from './usage.ts';
import { stopContainer } from './lifecycle/stop.ts';
import { listProcesses } from './top.ts';
import { updateContainer } from './lifecycle/update.ts';
import { parseWaitCondition, waitForContainer } from './lifecycle/wait.ts';

/** The verbs bound to what they stand on, in the shape that the API's routes ask for. */
export function containerVerbs(needs: ContainerDependencies) {
  const execs = new ExecStore();
  const execNeeds = { ...needs, execs };
  const logViews = new LogViews(needs.store);
  const unsubscribe = needs.tasks.onExit((exit) => {
    if (exit.execId !== null) {
      handleExecExit(execNeeds, exit);
      return;
    }
    const container = needs.store.get(exit.containerId);
    if (container !== undefined) void handleExit(needs, container, exit);
  });

  return {
    containers: {
      list: (options: Parameters<typeof listContainers>[1]) => listContainers(needs, options),
      listJson: (options: Parameters<typeof listContainers>[1]) => listContainersJson(needs, options),
      create: (options: Parameters<typeof createContainer>[1], request: Parameters<typeof createContainer>[2]) => createContainer(needs, options, request),
      inspect: (reference: string, size: boolean) => inspectContainer(needs, reference, size),
      start: (reference: string) => startContainer(needs, reference),
      stop: (reference: string, options: Parameters<typeof stopContainer>[2]) => stopContainer(needs, reference, options),
      restart: (reference: string, options: Parameters<typeof restartContainer>[2]) => restartContainer(needs, reference, options),
      kill: (reference: string, signal: string) => killContainer(needs, reference, signal),
      pause: (reference: string) => pauseContainer(needs, reference),
      unpause: (reference: string) => unpauseContainer(needs, reference),
      update: (reference: string, request: Parameters<typeof updateContainer>[2]) => updateContainer(needs, reference, request),
      rename: (reference: string, name: string) => renameContainer(needs, reference, name),
      resize: (reference: string, size: Parameters<typeof resizeContainer>[2]) => resizeContainer(needs, reference, size),
      connectNetwork: (network: string, reference: string, settings: Parameters<typeof connectNetwork>[3]) => connectNetwork(needs, network, reference, settings),
      disconnectNetwork: (network: string, reference: string, force: boolean) => disconnectNetwork(needs, network, reference, force),
      remove: (reference: string, options: Parameters<typeof removeContainer>[2]) => removeContainer(needs, reference, options),
      top: (reference: string, psArguments: string) => listProcesses(needs, reference, psArguments),
      prune: (filters: Record<string, string[]>, signal: AbortSignal) => pruneContainers(needs, filters, signal),
      statPath: (reference: string, path: string) => statPath(needs, reference, path),
      archivePath: (reference: string, path: string) => archivePath(needs, reference, path),
      extractArchive: (reference: string, request: Parameters<typeof extractArchive>[2]) => extractArchive(needs, reference, request),
      exportContainer: (reference: string) => exportContainer(needs, reference),
      files: (reference: string) => containerFiles(needs, reference),
      disk: () => containersDisk(needs),
      changes: (reference: string) => containerChanges(needs, reference),
      commit: (reference: string, request: Parameters<typeof commitContainer>[2]) => commitContainer(needs, reference, request),
      hasTerminal: (reference: string) => needs.store.resolve(reference).tty,
      attach: (reference: string, options: Parameters<typeof attachToContainer>[2], open: Parameters<typeof attachToContainer>[3]) =>
        attachToContainer(needs, reference, options, open),
      logs: (reference: string, options: Parameters<typeof readLogs>[2]) => readLogs(needs, reference, options),
      logState: (references: readonly string[], options: LogStateOptions) => streamLogState(logViews.open(references), options),
      logLines: (references: readonly string[], options: LogLinesOptions) => streamLogLines(logViews.open(references), options),
      pickLogLines: (references: readonly string[], lines: Parameters<typeof pickLogLines>[1], signal: AbortSignal) => pickLogLines(logViews.open(references), lines, signal),
      searchLogs(references: readonly string[], options: LogSearchOptions) {
        checkCondition(options.condition);
        return searchLogs(logViews.open(references), options);
      },
      logMap: (references: readonly string[], buckets: number, signal: AbortSignal) => mapLogs(logViews.open(references), buckets, signal),
      wait: (reference: string, condition: string, signal: AbortSignal) => waitForContainer(needs, reference, parseWaitCondition(condition), signal),
      stats: (reference: string, options: Parameters<typeof containerStats>[2]) => containerStats(needs, reference, options),
      usage: () => usageOfAll(needs),
    },
    execs: {
      create: (reference: string, request: Parameters<typeof createExec>[2]) => createExec(execNeeds, reference, request),
      start: (id: string, options: Parameters<typeof startExec>[2]) => startExec(execNeeds, id, options),
      inspect: (id: string) => inspectExec(execs, id),
      resize: (id: string, size: Parameters<typeof resizeExec>[2]) => resizeExec(execNeeds, id, size),
    },
    /** Stops listening to exits; containers keep running. */
    close() {
      unsubscribe();
      void logViews.close();
    },
  };
}
