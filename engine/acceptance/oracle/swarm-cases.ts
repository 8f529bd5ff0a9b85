import { cases, del, get, post } from './replay/oracle-case.ts';

/** Endpoints of a swarm, answered by a node that is in none, and of plugins, of which there are none. */
export const swarmCases = cases('swarm', {
  'swarm': [
    get('/swarm'),
    get('/swarm/unlockkey'),
    post('/swarm/leave'),
    post('/swarm/leave?force=1'),
    post('/swarm/update?version=1', {}),
    post('/swarm/unlock', { UnlockKey: 'x' }),
    post('/swarm/nope'),
    get('/swarm/nope'),
  ],
  'nodes': [get('/nodes'), get('/nodes/x'), del('/nodes/x'), post('/nodes/x/update?version=1', {}), post('/nodes/x')],
  'services': [
    get('/services'),
    get('/services/x'),
    post('/services/create', {}),
    post('/services/create', '{bad'),
    post('/services/x/update?version=1', {}),
    get('/services/x/logs'),
    get('/services/x/logs?stdout=1'),
    del('/services/x'),
    post('/services/x'),
  ],
  'tasks': [get('/tasks'), get('/tasks/x'), get('/tasks/x/logs'), get('/tasks/x/logs?stdout=1'), post('/tasks/x')],
  'secrets': [get('/secrets'), get('/secrets/x'), post('/secrets/create', {}), post('/secrets/x/update?version=1', {}), del('/secrets/x')],
  'configs': [get('/configs'), get('/configs/x'), post('/configs/create', {}), post('/configs/x/update?version=1', {}), del('/configs/x')],
  'plugins': [
    get('/plugins'),
    get('/plugins?filters=%7B%22enabled%22%3A%5B%22true%22%5D%7D'),
    get('/plugins?filters=%7B%22foo%22%3A%5B%22true%22%5D%7D'),
    get('/plugins/nope/json'),
    post('/plugins/nope/enable'),
    post('/plugins/nope/disable'),
    post('/plugins/nope/set', []),
    post('/plugins/nope/push'),
    del('/plugins/nope'),
    post('/plugins/nope/nope'),
  ],
});
