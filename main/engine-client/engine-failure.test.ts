import { describe, expect, it } from 'vitest';
import { Failure } from '../failure.ts';
import { engineFailure, toEngineFailure } from './engine-failure.ts';

describe('engineFailure', () => {
  it('advises for a name that is in use', () => {
    const failure = engineFailure('Conflict. The container name "/web" is already in use by container "abc". You have to remove (or rename) that container.', 409);
    expect(failure).toMatchObject({ kind: 'conflict', status: 409, hint: expect.stringContaining('called web') });
  });

  it.each([
    'driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:8080 failed: port is already allocated',
    'failed to bind host port for 0.0.0.0:8080: port 8080 is already in use by python3 (pid 12)',
  ])('advises for a port that is taken: %s', (message) => {
    expect(engineFailure(message, 500)).toMatchObject({ kind: 'conflict', status: 500, hint: expect.stringContaining('port 8080') });
  });

  it('advises for an image that is not there', () => {
    expect(engineFailure('No such image: nope:latest', 404)).toMatchObject({ kind: 'not-found', hint: 'Pull it first: docker pull nope:latest' });
  });

  it('advises for a registry that does not answer', () => {
    expect(engineFailure('Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused')).toMatchObject({ kind: 'unavailable', hint: expect.stringContaining('localhost:1') });
  });

  it('takes the kind from the status when it has no advice', () => {
    expect(engineFailure('no such container: x', 404)).toMatchObject({ kind: 'not-found', hint: undefined });
    expect(engineFailure('bad', 400).kind).toBe('invalid');
    expect(engineFailure('later', 503).kind).toBe('unavailable');
    expect(engineFailure('boom', 500).kind).toBe('internal');
  });
});

describe('toEngineFailure', () => {
  it('finds the sentence that docker-modem wraps for streams', () => {
    const error = Object.assign(new Error('(HTTP code 404) no such container - No such container: a - b '), { statusCode: 404, reason: 'no such container' });
    expect(toEngineFailure(error)).toMatchObject({ message: 'No such container: a - b', kind: 'not-found', status: 404 });
  });

  it('tells a connection that failed, an abort and a fault apart', () => {
    expect(toEngineFailure(Object.assign(new Error('connect ENOENT'), { code: 'ENOENT' })).kind).toBe('unavailable');
    expect(toEngineFailure(new Error('the VM does not run')).kind).toBe('unavailable');
    expect(toEngineFailure(new DOMException('x', 'AbortError')).kind).toBe('cancelled');
    expect(toEngineFailure(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG_TYPE' })).kind).toBe('internal');
  });

  it('leaves a Failure as it is', () => {
    const failure = new Failure('conflict', 'x');
    expect(toEngineFailure(failure)).toBe(failure);
  });
});
