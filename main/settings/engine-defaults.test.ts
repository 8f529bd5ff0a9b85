import { expect, it } from 'vitest';
import { startTestEngine } from '../testing/test-engine.ts';
import { defaultsOf, engineDefaults } from './engine-defaults.ts';
import { checkSettingsChange, defaultSettings } from './settings-shape.ts';

const settings = defaultSettings();

it.each([
  [{}, undefined],
  [{ logDriver: 'local' }, { LogConfig: { Type: 'local', Config: {} }, DefaultAddressPools: [] }],
  [{ logMaxSize: '10m', logMaxFiles: 3 }, { LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } }, DefaultAddressPools: [] }],
  [{ logDriver: 'none', logMaxSize: '10m' }, { LogConfig: { Type: 'none', Config: {} }, DefaultAddressPools: [] }],
  [{ addressPools: ['base=10.10.0.0/16,size=24'] }, { LogConfig: { Type: 'json-file', Config: {} }, DefaultAddressPools: [{ Base: '10.10.0.0/16', Size: 24 }] }],
] as const)('%j becomes %j', (change, body) => {
  expect(defaultsOf({ ...settings, ...checkSettingsChange(change) })).toEqual(body);
});

it.each([
  [{ logDriver: 'syslog' }, 'logDriver must be one of json-file, local, none'],
  [{ logMaxSize: 'huge' }, 'logMaxSize must be'],
  [{ logMaxFiles: -1 }, 'logMaxFiles must be a whole number'],
  [{ addressPools: ['10.10.0.0/16'] }, 'addressPools must be'],
  [{ addressPools: ['base=10.10.0.0/16,size=8'] }, 'addressPools must be'],
  [{ addressPools: ['base=10.10.0.300/16,size=24'] }, 'addressPools must be'],
])('%j is refused', (change, words) => {
  expect(() => checkSettingsChange(change)).toThrow(words);
});

it('tells an engine at once, one that comes anew as well, and takes back what is no longer set', async () => {
  const told: unknown[] = [];
  const engine = await startTestEngine({
    'PUT /slipway/defaults': (_request, response, body) => {
      told.push(JSON.parse(body));
      response.writeHead(204).end();
    },
  });
  try {
    const defaults = engineDefaults(engine.client, () => undefined);
    defaults.changed(settings);
    defaults.connected();
    defaults.changed({ ...settings, logDriver: 'local' });
    const local = { LogConfig: { Type: 'local', Config: {} }, DefaultAddressPools: [] };
    await expect.poll(() => told).toEqual([local]);
    defaults.connected();
    await expect.poll(() => told).toEqual([local, local]);
    defaults.changed(settings);
    await expect.poll(() => told).toEqual([local, local, {}]);
  } finally {
    await engine.close();
  }
});
