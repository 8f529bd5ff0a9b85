import { expect, test } from 'vitest';
import { mergeConfig } from './merge-config.ts';

const image = { Cmd: ['serve'], Entrypoint: ['/entry'], Env: ['PATH=/bin', 'A=image'], WorkingDir: '/app', User: 'app', Labels: { a: 'image', b: 'image' }, ExposedPorts: { '80/tcp': {} } };

test('the image completes what the user left out', () => {
  const config = mergeConfig({ Image: 'x' }, image);
  expect(config).toMatchObject({ Cmd: ['serve'], Entrypoint: ['/entry'], WorkingDir: '/app', User: 'app', ExposedPorts: { '80/tcp': {} } });
});

test('what the user gives wins; lists and maps are joined', () => {
  const config = mergeConfig({ Cmd: ['other'], Env: ['A=user', 'GONE'], Labels: { b: 'user' }, ExposedPorts: { '81/udp': {} }, User: 'me', WorkingDir: '/w' }, image);
  expect(config).toMatchObject({
    Cmd: ['other'],
    Entrypoint: ['/entry'],
    Env: ['A=user', 'GONE', 'PATH=/bin'],
    Labels: { a: 'image', b: 'user' },
    ExposedPorts: { '80/tcp': {}, '81/udp': {} },
    User: 'me',
    WorkingDir: '/w',
  });
});

test("an entrypoint of the user's keeps the image's command away; an empty one keeps its entrypoint away", () => {
  expect(mergeConfig({ Entrypoint: ['sh'] }, image)).toMatchObject({ Entrypoint: ['sh'], Cmd: null });
  expect(mergeConfig({ Entrypoint: [''], Cmd: ['sh'] }, image)).toMatchObject({ Entrypoint: null, Cmd: ['sh'] });
  expect(() => mergeConfig({ Entrypoint: [''] }, image)).toThrow('no command specified');
  expect(() => mergeConfig({}, {})).toThrow('no command specified');
});

test('a command may be one word', () => {
  expect(mergeConfig({ Cmd: 'ls' as unknown as string[] }, {}).Cmd).toEqual(['ls']);
});
