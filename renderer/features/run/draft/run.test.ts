import { describe, expect, test } from 'vitest';
import { viewOf } from '../../../format/engine/container.ts';
import { splitWords } from '../../../format/shell-words.ts';
import { container } from '../../../testing/scenes/sample.ts';
import { commandText } from '../../../format/engine/docker-command.ts';
import { previewText, runCommand } from './command-preview.ts';
import { emptyDraft, portRow, volumeRow, type RunDraft } from './draft.ts';
import { requestOf } from './request.ts';
import { problemsOf, type World } from './problems.ts';

const full: RunDraft = {
  ...emptyDraft('postgres:17.2'),
  name: 'orders-db',
  ports: [portRow('5432', '5432'), portRow('', '9000'), portRow('53', '53', 'udp')],
  env: [
    { key: 'e1', name: 'POSTGRES_PASSWORD', value: "it's secret" },
    { key: 'e2', name: 'GREETING', value: 'hello $USER' },
    { key: 'e3', name: '', value: 'no name' },
  ],
  volumes: [volumeRow('orders-data', '/var/lib/postgresql/data')],
  command: `postgres -c 'max_connections = 5'`,
  options: { restart: ['unless-stopped'], memory: ['256 MB'], cpus: ['1.5'], tty: ['true'], interactive: ['true'] },
};

describe('the preview', () => {
  test('is the whole command, and keeps the secret out', () => {
    expect(previewText(full)).toBe(
      [
        'docker run --detach',
        '--name orders-db',
        '--publish 5432:5432',
        '--publish 9000',
        '--publish 53:53/udp',
        '--env POSTGRES_PASSWORD',
        "--env 'GREETING=hello $USER'",
        '--volume orders-data:/var/lib/postgresql/data',
        '--restart unless-stopped',
        '--memory 256MB',
        '--cpus 1.5',
        '--interactive',
        '--tty',
        'postgres:17.2',
        "postgres -c 'max_connections = 5'",
      ].join(' \\\n  '),
    );
    expect(commandText(runCommand(full, true))).not.toContain('secret');
  });

  test('pasted into a shell, is the same words as those in the history', () => {
    expect(splitWords(previewText(full))).toEqual({ ok: true, words: [...runCommand(full, true)] });
  });

  test('creating without a start is docker create', () => {
    expect(commandText(runCommand(emptyDraft('x'), false))).toBe('docker create x');
  });
});

test('the request says the same to the engine', () => {
  expect(requestOf(full).request).toEqual({
    Image: 'postgres:17.2',
    ExposedPorts: { '5432/tcp': {}, '9000/tcp': {}, '53/udp': {} },
    Env: ["POSTGRES_PASSWORD=it's secret", 'GREETING=hello $USER'],
    Cmd: ['postgres', '-c', 'max_connections = 5'],
    Tty: true,
    OpenStdin: true,
    HostConfig: {
      PortBindings: { '5432/tcp': [{ HostIp: '', HostPort: '5432' }], '9000/tcp': [{ HostIp: '', HostPort: '' }], '53/udp': [{ HostIp: '', HostPort: '53' }] },
      Binds: ['orders-data:/var/lib/postgresql/data'],
      RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
      Memory: 256 * 2 ** 20,
      NanoCpus: 1_500_000_000,
    },
  });
  expect(requestOf(emptyDraft('hello'))).toEqual({ request: { Image: 'hello', HostConfig: {} } });
});

describe('problems', () => {
  const holder = viewOf(container('shop-postgres-1', 'postgres:17.2', 'running', 'Up 3 hours'), 0);
  const world: World = { containers: [holder], holders: new Map([[5432, holder], [5433, holder]]), otherPorts: new Map([[8080, undefined], [8090, 'node (process 4121)']]), missingImages: new Map([['postgress:17', 'postgres:17']]), leftover: undefined };
  const problemOf = (draft: Partial<RunDraft>) => problemsOf({ ...emptyDraft('nginx'), ...draft }, world);

  test('an empty form only needs an image', () => {
    expect(problemsOf(emptyDraft(''), world).map(({ field }) => field)).toEqual(['image']);
    expect(problemOf({})).toEqual([]);
  });

  test('a taken port names who holds it and the next free one', () => {
    expect(problemOf({ ports: [portRow('5432', '5432')] })).toMatchObject([{ kind: 'port-taken', port: 5432, holder: { name: 'shop-postgres-1' }, instead: '5434' }]);
  });

  test('a port that the engine refused is nobody’s that the window knows', () => {
    const [problem] = problemOf({ ports: [portRow('8080', '80')] });
    expect(problem).toMatchObject({ kind: 'port-taken', instead: '8081' });
    expect(problem?.holder).toBeUndefined();
  });

  test('a program of this computer is named', () => {
    expect(problemOf({ ports: [portRow('127.0.0.1:8090', '80')] })).toMatchObject([{ kind: 'port-taken', program: 'node (process 4121)', instead: '127.0.0.1:8091' }]);
  });

  test('a range is taken when one of its ports is', () => {
    expect(problemOf({ ports: [portRow('8079-8081', '80-82')] })).toMatchObject([{ kind: 'port-taken', port: 8080 }]);
    expect(problemOf({ ports: [portRow('8079-8081', '80')] })).toEqual([]);
  });

  test('an image that no registry had is told, with what was meant', () => {
    expect(problemOf({ image: 'postgress:17' })).toMatchObject([{ kind: 'image-missing', instead: 'postgres:17' }]);
  });

  test('the next free port is not one of the form’s own', () => {
    expect(problemOf({ ports: [portRow('5432', '1'), portRow('5434', '2')] })[0]?.instead).toBe('5435');
  });

  test('the same port twice, unless the protocol differs', () => {
    expect(problemOf({ ports: [portRow('99', '1'), portRow('99', '2')] })).toHaveLength(1);
    expect(problemOf({ ports: [portRow('99', '1'), portRow('99', '1', 'udp')] })).toEqual([]);
  });

  test('a taken name proposes a free one', () => {
    expect(problemOf({ name: 'shop-postgres-1' })).toMatchObject([{ kind: 'name-taken', instead: 'shop-postgres-2' }]);
  });

  test('what the last try left behind takes no name', () => {
    expect(problemsOf({ ...emptyDraft('nginx'), name: 'shop-postgres-1' }, { ...world, leftover: holder.id })).toEqual([]);
  });

  test.each<[string, Partial<RunDraft>]>([
    ['a name with a space', { name: 'a b' }],
    ['a name of one letter', { name: 'a' }],
    ['a port out of range', { ports: [portRow('70000', '80')] }],
    ['no number', { ports: [portRow('', 'http')] }],
    ['a variable with an equals sign', { env: [{ key: 'k', name: 'A=B', value: '' }] }],
    ['a volume without a path', { volumes: [volumeRow('data', 'data')] }],
    ['a path that a shell would finish', { volumes: [volumeRow('./site', '/data')] }],
    ['ranges of different length', { ports: [portRow('80-82', '80-81')] }],
    ['no duration', { options: { 'health-interval': ['soon'] } }],
    ['removing and restarting at once', { options: { rm: ['true'], restart: ['always'] } }],
    ['a colon in a path', { volumes: [volumeRow('a:b', '/data')] }],
    ['no size', { options: { memory: ['much'] } }],
    ['too small a size', { options: { memory: ['1m'] } }],
    ['no CPUs', { options: { cpus: ['0'] } }],
    ['an open quotation mark', { command: `sh -c 'x` }],
  ])('%s is told', (_, draft) => {
    const problems = problemOf(draft);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.sentence).toMatch(/\.$/);
  });
});
