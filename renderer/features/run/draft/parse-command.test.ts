import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteWord } from '../../../format/shell-words.ts';
import { previewText, runCommand } from './command-preview.ts';
import { emptyDraft, envRow, portRow, volumeRow, type Options, type RunDraft } from './draft.ts';
import type { ValueForm } from './flags/values.ts';
import { flagNames, flagOf } from './flags/run-flags.ts';
import { looksLikeRun, parseRunCommand } from './parse-command.ts';
import { requestOf } from './request.ts';

function draftOf(text: string): RunDraft {
  const parsed = parseRunCommand(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.draft;
}
const notesOf = (text: string): string[] => {
  const parsed = parseRunCommand(text);
  return parsed.ok ? parsed.notes : [`refused: ${parsed.problem}`];
};
/** Rows are known by keys that are new each time. */
const bare = (draft: RunDraft): unknown => JSON.parse(JSON.stringify(draft, (name, value: unknown) => (name === 'key' ? undefined : value)));

describe('a pasted command', () => {
  test('fills the form, as it is written on the web', () => {
    const draft = draftOf(`$ sudo docker run -d \\
      --name some-postgres -p 5432:5432 \\
      -e POSTGRES_PASSWORD=mysecret   # change this
      -e 'PGDATA=/var/lib/postgresql/data/pg data' \\
      -v /custom/mount:/var/lib/postgresql/data:ro,z \\
      --restart=unless-stopped -m512m --cpus 1.5 postgres:17 -c 'max_connections=200'`);
    expect(bare(draft)).toEqual(
      bare({
        ...emptyDraft('postgres:17'),
        name: 'some-postgres',
        ports: [portRow('5432', '5432')],
        env: [envRow('POSTGRES_PASSWORD', 'mysecret'), envRow('PGDATA', '/var/lib/postgresql/data/pg data')],
        volumes: [volumeRow('/custom/mount', '/var/lib/postgresql/data', true, 'z')],
        command: '-c max_connections=200',
        options: { restart: ['unless-stopped'], memory: ['512m'], cpus: ['1.5'] },
      }),
    );
  });

  test.each<[string, Options, string]>([
    ['docker run -it --rm alpine sh', { interactive: ['true'], tty: ['true'], rm: ['true'] }, 'sh'],
    ['docker run -itw/app node:22 npm test', { interactive: ['true'], tty: ['true'], workdir: ['/app'] }, 'npm test'],
    ['docker run -ti=false --rm=false alpine', { tty: ['true'] }, ''],
    ['docker run --net host --cap-add NET_ADMIN --cap-add=SYS_TIME alpine', { network: ['host'], 'cap-add': ['NET_ADMIN', 'SYS_TIME'] }, ''],
    ['docker run --memory 1g --memory 2g alpine', { memory: ['2g'] }, ''],
    ['docker run --oom-score-adj -5 -- alpine -x', { 'oom-score-adj': ['-5'] }, '-x'],
    ['docker run -h web alpine --rm -p 80:80', { hostname: ['web'] }, '--rm -p 80:80'],
  ])('%s', (text, options, command) => {
    expect(draftOf(text)).toMatchObject({ options, command });
    expect(Object.keys(draftOf(text).options).sort()).toEqual(Object.keys(options).sort());
  });

  test.each([
    ['8080:80', '8080', '80', 'tcp'],
    ['80', '', '80', 'tcp'],
    ['53:53/udp', '53', '53', 'udp'],
    ['127.0.0.1:8080:80', '127.0.0.1:8080', '80', 'tcp'],
    ['127.0.0.1::80', '127.0.0.1:', '80', 'tcp'],
    ['[::1]:8080:80', '[::1]:8080', '80', 'tcp'],
    ['8000-8002:80-82', '8000-8002', '80-82', 'tcp'],
    ['published=8080,target=80,protocol=udp', '8080', '80', 'udp'],
  ])('publishes %s', (text, host, inside, protocol) => {
    expect(draftOf(`docker run -p ${text} x`).ports).toMatchObject([{ host, inside, protocol }]);
  });

  test.each([
    ['docker ps', /does not begin with docker run/],
    ['docker run --name', /--name needs a value/],
    ['docker run --nmae web nginx', /no flag --nmae.*--name/],
    ['docker run -y nginx', /no flag -y/],
    ['docker run --rm', /names no image/],
    ['docker run -p http nginx', /--publish/],
    ["docker run -e 'A=b nginx", /not closed/],
  ])('%s is refused', (text, why) => {
    expect(parseRunCommand(text)).toEqual({ ok: false, problem: expect.stringMatching(why) });
  });

  test('says what the form has not taken over', () => {
    expect(notesOf('docker run --cidfile /tmp/id --env-file .env -e TOKEN nginx && curl localhost')).toEqual([
      expect.stringContaining('&& curl'),
      expect.stringContaining('--cidfile'),
      expect.stringContaining('.env'),
      expect.stringContaining('TOKEN'),
    ]);
    expect(notesOf('docker run -d -q --sig-proxy=false -a stdout --detach-keys ctrl-x nginx')).toEqual([]);
  });

  test.each([
    ['docker run nginx', true],
    ['$ sudo -E docker container run -it x', true],
    ['FOO=1 docker create x', true],
    ['docker ps', false],
    ['nginx:alpine', false],
    ['see docker run nginx', false],
  ])('%s is one: %s', (text, is) => {
    expect(looksLikeRun(text)).toBe(is);
  });
});

/** Values that a form takes; free text is anything. */
const anyText = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }).filter((text) => text.trim() !== '');
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const figure = fc.integer({ min: 1, max: 100_000 }).map(String);
const port = fc.integer({ min: 1, max: 65_535 }).map(String);
const valuesOf: Record<ValueForm, fc.Arbitrary<string>> = {
  any: anyText,
  bytes: fc.tuple(figure, fc.constantFrom('', 'k', 'm', 'g', 'MB', 'KiB')).map((parts) => parts.join('')),
  swap: fc.oneof(fc.constant('-1'), figure),
  integer: fc.integer().map(String),
  number: fc.constantFrom('1', '0.5', '2.25'),
  duration: fc.constantFrom('30s', '1m30s', '500ms', '1h'),
  pair: fc.tuple(word, anyText).map(([name, value]) => `${name}=${value}`),
  path: word.map((name) => `/${name}`),
  host: word.map((name) => `${name}:10.0.0.1`),
  ulimit: word.map((name) => `${name}=10:20`),
  weight: fc.constant('/dev/sda:500'),
  rate: fc.constant('/dev/sda:500'),
  bytesRate: fc.constant('/dev/sda:5mb'),
  restart: fc.constantFrom('always', 'unless-stopped', 'on-failure', 'on-failure:5'),
  exposed: port,
  mac: fc.constant('92:d0:c6:0a:29:33'),
  tmpfs: fc.constant('/run:size=64m,mode=1777'),
  mount: word.map((name) => `type=volume,source=${name},target=/data,readonly`),
  network: fc.oneof(word, word.map((name) => `name=${name},alias=db`)),
  device: fc.constant('/dev/snd:/dev/snd:r'),
};
const options = fc.record(
  Object.fromEntries(
    flagNames.map((name) => {
      const { kind, form, choices } = flagOf(name);
      const value = choices === undefined ? valuesOf[form] : fc.constantFrom(...choices);
      return [name, kind === 'switch' ? fc.constant(['true']) : kind === 'list' ? fc.array(value, { minLength: 1, maxLength: 3 }) : value.map((one) => [one])];
    }),
  ) as Record<string, fc.Arbitrary<string[]>>,
  { requiredKeys: [] },
) as fc.Arbitrary<Options>;
const rangeOrPort = fc.oneof(port, fc.constant('8000-8010'));
const drafts: fc.Arbitrary<RunDraft> = fc.record({
  image: fc.constantFrom('nginx', 'ghcr.io/team/app:1.2', 'localhost:5000/x@sha256:0a'),
  name: fc.oneof(fc.constant(''), word),
  ports: fc.array(fc.tuple(fc.oneof(fc.constant(''), rangeOrPort, port.map((p) => `127.0.0.1:${p}`), fc.constant('127.0.0.1:'), fc.constant('[::1]:80')), rangeOrPort, fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const)).map((row) => portRow(...row)), { maxLength: 3 }),
  env: fc.array(fc.tuple(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string({ unit: 'grapheme' })).map((row) => envRow(...row)), { maxLength: 3 }),
  volumes: fc.array(fc.tuple(fc.constantFrom('', 'data', '/srv/a b', 'C:\\Users\\jo'), word.map((name) => `/${name}`), fc.boolean(), fc.constantFrom('', 'z', 'nocopy,z')).map(([source, target, readOnly, more]) => volumeRow(source, target, source !== '' && readOnly, source === '' ? '' : more)), { maxLength: 3 }),
  command: fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 4 }).map((words) => words.map(quoteWord).join(' ')),
  options,
});

describe('form, command, form', () => {
  test('is the identity', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const parsed = parseRunCommand(previewText(draft, true));
        expect(parsed).toMatchObject({ ok: true, notes: [] });
        expect(parsed.ok && bare(parsed.draft)).toEqual(bare(draft));
      }),
      { numRuns: 200 },
    );
  });

  test('asks the engine for the same', () => {
    fc.assert(fc.property(drafts, (draft) => void expect(requestOf(draftOf(previewText(draft, true)))).toEqual(requestOf(draft))), { numRuns: 100 });
  });

  test('reading never breaks on what was pasted', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('docker', 'run', '-it', '--', '-p', '--env=', '--mount', '"', '\\', '-')), { maxLength: 12 }), (words) => {
        expect(typeof parseRunCommand(`docker run ${words.join(' ')}`).ok).toBe('boolean');
      }),
    );
  });

  test('the command in words is the one in lines', () => {
    fc.assert(fc.property(drafts, (draft) => void expect(bare(draftOf(runCommand(draft, true).map(quoteWord).join(' ')))).toEqual(bare(draftOf(previewText(draft))))), { numRuns: 50 });
  });
});
