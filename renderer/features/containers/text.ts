import type { Verb } from '../../stores/containers/containers.ts';

const quoted = (names: readonly string[]): string => {
  if (names.length <= 3) return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
};

export const text = {
  page: 'Containers',
  list: 'Containers',
  filter: 'Filter by name, image, port',
  run: 'Run…',
  tabs: { label: 'Show', all: 'All', running: 'Running', attention: 'Attention', stopped: 'Stopped' },
  group: { label: 'Group', project: 'Group: project', none: 'Group: none' },
  listBar: 'View of the list',
  columns: { select: 'Select', state: 'State', name: 'Name', image: 'Image', ports: 'Ports', age: 'Uptime', actions: 'Actions' },
  sortBy: (column: string) => `Sort by ${column.toLowerCase()}`,
  noProject: 'No project',
  groupRunning: (running: number, total: number) => `${running} of ${total} running`,
  fold: (name: string, isFolded: boolean) => `${isFolded ? 'Unfold' : 'Fold'} ${name}`,
  neverRan: 'never ran',
  ago: (age: string) => (age === '0 s' ? 'just now' : `${age} ago`),
  asOf: (time: string) => `as of ${time}`,
  select: (name: string) => `Select ${name}`,
  selectAll: 'Select all',
  selection: { label: 'Selection', count: (count: number) => `${count} selected`, clear: 'Clear' },
  verbs: { start: 'Start', stop: 'Stop', restart: 'Restart', pause: 'Pause', unpause: 'Resume', kill: 'Kill', remove: 'Remove' } satisfies Record<Verb, string>,
  removeMore: 'Remove…',
  of: (verb: string, name: string) => `${verb} ${name}`,
  more: (name: string) => `More for ${name}`,
  menu: { details: 'Details', logs: 'Logs', terminal: 'Open a terminal', open: (port: string) => `Open ${port}`, copyName: 'Copy name', copyId: 'Copy ID' },
  lastLogs: 'Last logs',
  show: 'Show details',
  startAgain: 'Start again',
  dismiss: 'Dismiss',
  couldNot: (verb: Verb) => `Could not ${text.verbs[verb].toLowerCase()}.`,
  stopOther: (name: string) => `Stop ${name}`,
  noMatch: (filter: string) => `No container matches “${filter}”.`,
  clearFilter: 'Clear filter',
  emptyTab: { all: '', running: 'No container is running.', attention: 'All containers run as they should.', stopped: 'No container is stopped.' },
  showAll: 'Show all',
  reading: 'Reading the containers',
  remove: {
    title: (count: number, name: string) => (count === 1 ? `Remove ${name}?` : `Remove ${count} containers?`),
    body: (names: readonly string[], running: readonly string[]) => {
      const goes = `${quoted(names)} ${running.length === 0 ? (names.length === 1 ? 'goes' : 'go') : running.length === names.length ? (names.length === 1 ? 'stops and goes' : 'stop and go') : `go; ${quoted(running)} ${running.length === 1 ? 'stops' : 'stop'} first`}.`;
      return `${goes} ${names.length === 1 ? 'Its' : 'Their'} volumes stay. Files changed inside ${names.length === 1 ? 'it' : 'them'} are lost.`;
    },
    keep: 'Keep',
    confirm: (count: number, name: string) => (count === 1 ? `Remove ${name}` : `Remove ${count}`),
  },
  empty: {
    title: 'No containers yet',
    body: 'A container is one program with its own files and network, apart from the rest of this computer. Start one and it shows up here.',
    hello: 'Try the small web server that comes with Slipway',
    helloNote: 'No download: it greets you and shows what it knows of its own container.',
    runIt: 'Run it',
    known: 'Run an image you know',
    pull: 'Get an image first',
    pullButton: 'Pull…',
    failed: 'It could not start.',
    freePort: (port: number) => `Run it on port ${port}`,
  },
};
