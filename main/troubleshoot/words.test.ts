import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkIds } from '../../contract/troubleshoot.ts';
import { checkNames, checkSentences, findingWords, stepWords } from './words.ts';

it('are the window’s', () => {
  const catalogue = JSON.parse(readFileSync(join(import.meta.dirname, '../../renderer/locales/en/troubleshoot.json'), 'utf8')) as Record<string, unknown>;
  expect({ names: checkNames, findings: findingWords, steps: stepWords }).toEqual({ names: catalogue['names'], findings: catalogue['findings'], steps: catalogue['steps'] });
  expect(Object.keys(checkNames)).toEqual([...checkIds]);
});

it('take their figures, and the form for one or many', () => {
  const result = { id: 'ports', status: 'warning' } as const;
  expect(checkSentences({ ...result, finding: 'ports.silent', values: { count: 1, ports: '80' } })).toEqual({ found: 'Port 80 does not answer on this computer.', step: expect.stringContaining('0.0.0.0') });
  expect(checkSentences({ ...result, finding: 'ports.silent', values: { count: 2, ports: '80, 81' } }).found).toBe('2 ports do not answer on this computer: 80, 81.');
  expect(checkSentences({ id: 'disk', status: 'good', finding: 'disk.good', values: { free: 50 * 1024 ** 3, folder: '/home' } })).toEqual({ found: '50.0 GiB are free where /home lies.' });
});
