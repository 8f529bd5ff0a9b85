import { expect, test } from 'vitest';
import { partWith, templateOf, withoutSecrets } from './inspect-view.ts';

const inspect = {
  Name: '/web',
  State: { Pid: 12, Health: { Log: [{ Output: 'ok' }, { Output: 'refused' }] } },
  Config: { Env: ['A=1', 'DB_PASSWORD=hunter2', 'API_KEY='], Labels: { 'com.docker.compose.project': 'shop' } },
};

test('secrets are hidden and everything else is as it was', () => {
  const { value, hasSecrets } = withoutSecrets(inspect);
  expect(hasSecrets).toBe(true);
  expect(value.Config.Env).toEqual(['A=1', 'DB_PASSWORD=••••••••', 'API_KEY=']);
  expect(JSON.stringify(value)).not.toContain('hunter2');
  expect(value.State).toBe(inspect.State);
  expect(withoutSecrets({ Config: { Env: null } }).hasSecrets).toBe(false);
});

test('a search keeps what holds the text, with its way', () => {
  expect(partWith(inspect, 'REFUSED')).toEqual({ State: { Health: { Log: { 1: { Output: 'refused' } } } } });
  expect(partWith(inspect, 'pid')).toEqual({ State: { Pid: 12 } });
  expect(partWith(inspect, 'nowhere')).toBeUndefined();
});

test('a path is what docker inspect takes', () => {
  expect(templateOf('/State/Pid', inspect)).toBe('{{.State.Pid}}');
  expect(templateOf('/State/Health/Log/1/Output', inspect)).toBe('{{(index .State.Health.Log 1).Output}}');
  expect(templateOf('/Config/Labels/com.docker.compose.project', inspect)).toBe('{{index .Config.Labels "com.docker.compose.project"}}');
  expect(templateOf('/Config/Env/0', inspect)).toBe('{{index .Config.Env 0}}');
  expect(templateOf('/State', inspect)).toBe('{{json .State}}');
  expect(templateOf('', inspect)).toBe('{{json .}}');
});
