import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { ImageRunConfig } from '../../../contract/engine-api/image.ts';
import { EngineError } from '../../errors.ts';
import { applyChanges } from './apply-changes.ts';
import { expandWord } from './expand-word.ts';

test.each<[string, ImageRunConfig]>([
  ['CMD ["sh", "-c", "a b"]', { Cmd: ['sh', '-c', 'a b'] }],
  ['cmd echo "hi" $HOME', { Cmd: ['/bin/sh', '-c', 'echo "hi" $HOME'] }],
  ['CMD [not json', { Cmd: ['/bin/sh', '-c', '[not json'] }],
  ['ENTRYPOINT ["/run"]', { Entrypoint: ['/run'], Cmd: null }],
  ['ENV A=1 B="two words" C=three\\ words', { Env: ['A=1', 'B=two words', 'C=three words'] }],
  ['ENV A the rest  of it', { Env: ['A=the rest  of it'] }],
  ['LABEL a="b c" d.e=f', { Labels: { a: 'b c', 'd.e': 'f' } }],
  ['EXPOSE 80 53/UDP 7000-7002', { ExposedPorts: { '80/tcp': {}, '53/udp': {}, '7000/tcp': {}, '7001/tcp': {}, '7002/tcp': {} } }],
  ['VOLUME ["/a", "/b c"]', { Volumes: { '/a': {}, '/b c': {} } }],
  ['VOLUME /a /b', { Volumes: { '/a': {}, '/b': {} } }],
  ['WORKDIR /x/../y', { WorkingDir: '/y' }],
  ['WORKDIR y', { WorkingDir: '/y' }],
  ['USER me:us', { User: 'me:us' }],
  ['STOPSIGNAL SIGINT', { StopSignal: 'SIGINT' }],
  ['ONBUILD RUN echo hi', { OnBuild: ['RUN echo hi'] }],
  ['HEALTHCHECK --interval=5s --timeout=1m30s --retries=2 CMD curl -f x', { Healthcheck: { Test: ['CMD-SHELL', 'curl -f x'], Interval: 5e9, Timeout: 9e10, Retries: 2 } }],
  ['HEALTHCHECK CMD ["a", "b"]', { Healthcheck: { Test: ['CMD', 'a', 'b'] } }],
  ['HEALTHCHECK NONE', { Healthcheck: { Test: ['NONE'] } }],
  ['# only a comment', {}],
  ['ENV A=1 \\\n B=2\nUSER u', { Env: ['A=1', 'B=2'], User: 'u' }],
])('%s', (change, expected) => {
  expect(applyChanges({}, [change])).toEqual(expected);
});

test('later changes see the variables of earlier ones, and the given config stays', () => {
  const config: ImageRunConfig = { Env: ['PATH=/bin'], WorkingDir: '/w' };
  expect(applyChanges(config, ['ENV NAME=app', 'WORKDIR $NAME', 'LABEL x=${NAME}-1 y=${NOPE:-none} z=\'$NAME\'', 'ENV PATH=$PATH:/app'])).toEqual({
    Env: ['PATH=/bin:/app', 'NAME=app'],
    WorkingDir: '/w/app',
    Labels: { x: 'app-1', y: 'none', z: '$NAME' },
  });
  expect(config).toEqual({ Env: ['PATH=/bin'], WorkingDir: '/w' });
});

test.each([
  ['RUN x', /^run is not a valid change command$/],
  ['FROM x', /^from is not a valid change command$/],
  ['NONSENSE x', /^nonsense is not a valid change command$/],
  ['ENV A', /ENV must have two arguments/],
  ['ENV A=1 B', /can't find = in "B"/],
  ['LABEL', /LABEL must have at least one argument/],
  ['EXPOSE 0', /invalid containerPort: 0/],
  ['EXPOSE 99999', /invalid containerPort: 99999/],
  ['STOPSIGNAL ??', /invalid signal: \?\?/],
  ['ONBUILD FROM x', /FROM isn't allowed as an ONBUILD trigger/],
  ['HEALTHCHECK --interval=x CMD a', /invalid duration "x"/],
  ['HEALTHCHECK NOPE', /unknown type "NOPE" in HEALTHCHECK/],
])('%s is refused', (change, message) => {
  expect(() => applyChanges({}, [change])).toThrow(message);
});

describe('any text', () => {
  const name = fc.constantFrom('CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ENV', 'EXPOSE', 'LABEL', 'ONBUILD', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR', 'x');
  test('changes the config or is refused, and nothing else happens', () => {
    fc.assert(
      fc.property(name, fc.string(), (instruction, rest) => {
        try {
          applyChanges({}, [`${instruction} ${rest}`]);
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
        }
      }),
    );
  });

  test('without quotes, backslashes and dollars a word means itself', () => {
    fc.assert(fc.property(fc.string(), (text) => /["'\\$]/.test(text) || expandWord(text, []) === text));
  });
});
