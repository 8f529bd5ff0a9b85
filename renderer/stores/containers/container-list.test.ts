import { describe, expect, test } from 'vitest';
import { viewOf, type ContainerView } from '../../format/engine/container.ts';
import { container } from '../../testing/scenes/sample.ts';
import { undoOf } from './container-actions.ts';
import { portRank, projectTotals, shownOf, stateRank } from './container-list.ts';

type State = Parameters<typeof container>[2];
const view = (name: string, State: State, Status: string, project?: string, ports: Parameters<typeof container>[4] = []): ContainerView => viewOf(container(name, 'img', State, Status, ports, project), 0);
const web = view('web', 'running', 'Up 1 hour', 'shop', [{ PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }]);
const db = view('db', 'running', 'Up 1 hour', 'shop', [{ PrivatePort: 5432, Type: 'tcp' }]);
const old = view('old', 'exited', 'Exited (0) 1 hour ago');
const hung = view('hung', 'paused', 'Up 1 hour (Paused)');
const all = [web, db, old, hung];

describe('the list of containers', () => {
  test('tab and filter leave what fits both', () => {
    expect(shownOf(all, { tab: 'stopped', filter: '' }, {}, 0)).toEqual([old]);
    expect(shownOf(all, { tab: 'all', filter: 'shop 8080' }, {}, 0)).toEqual([web]);
  });

  test('projects count all their members', () => {
    expect(projectTotals(all).get('shop')).toMatchObject({ running: 2, total: 2 });
    expect(projectTotals(all).get(undefined)).toMatchObject({ running: 0, total: 2 });
  });

  test('trouble comes before what runs, published ports before those inside', () => {
    expect([old, web, view('sick', 'running', 'Up 1 hour (unhealthy)')].sort((a, b) => stateRank(a) - stateRank(b)).map(({ name }) => name)).toEqual(['sick', 'web', 'old']);
    expect([old, db, web].sort((a, b) => portRank(a) - portRank(b))).toEqual([web, db, old]);
  });
});

describe('what can be taken back', () => {
  test('stopping and pausing several', () => {
    expect(undoOf('stop', [web, db], all)).toEqual({ verb: 'start', ids: [web.id, db.id] });
    expect(undoOf('pause', [web, db], all)).toEqual({ verb: 'unpause', ids: [web.id, db.id] });
  });

  test.each([
    ['one alone: its row has the button', 'stop', [web], all],
    ['a restart', 'restart', [web, db], all],
    ['what is gone with its stop', 'stop', [web, db], [web]],
    ['a paused one that was stopped would run', 'stop', [web, hung], all],
    ['removal', 'remove', [web, db], all],
  ] as const)('not %s', (_why, verb, done, now) => {
    expect(undoOf(verb, done, now)).toBeUndefined();
  });
});
