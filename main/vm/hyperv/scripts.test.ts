import { expect, it } from 'vitest';
import { literal } from './powershell.ts';
import { createDiskScript, growDiskScript, probeScript, removeScript, runScriptOf, type HypervVm } from './scripts.ts';

const home = 'C:\\Users\\O’Brien\\.slipway';
const vm: HypervVm = {
  name: 'slipway-0123456789ab',
  memoryMiB: 4096,
  cpus: 4,
  folder: `${home}\\run`,
  bootDisk: 'C:\\Program Files\\Slipway\\image\\boot.vhdx',
  bootChanges: `${home}\\run\\boot-changes.vhdx`,
  dataDisk: `${home}\\data.vhdx`,
  seed: { vhd: `${home}\\run\\seed.vhd`, vhdx: `${home}\\run\\seed.vhdx` },
  pipes: { console: '\\\\.\\pipe\\slipway-0123456789ab-console', channels: ['\\\\.\\pipe\\slipway-0123456789ab-channel-0', '\\\\.\\pipe\\slipway-0123456789ab-channel-1'] },
};

const scripts: [name: string, script: string][] = [
  ['probe', probeScript()],
  ['create-disk', createDiskScript(`${home}\\data.vhdx`, 32 * 1024 ** 3)],
  ['grow-disk', growDiskScript(`${home}\\data.vhdx`, 64 * 1024 ** 3)],
  ['remove', removeScript(vm.name)],
  ['run', runScriptOf(vm)],
];

it.each(scripts)('%s', (name, script) => expect(script).toMatchFileSnapshot(`testdata/${name}.ps1.golden`));

it.each(scripts)('%s fits a command line of Windows, and opens each bracket that it closes', (_name, script) => {
  expect(Buffer.from(script, 'utf16le').toString('base64').length).toBeLessThan(32_000);
  const code = script.replaceAll(/'(?:[^'\n]|'')*'/g, '');
  for (const [open, close] of ['()', '{}', '[]']) expect([open, code.split(open!).length]).toEqual([open, code.split(close!).length]);
});

it('a literal ends at no kind of single quote, and expands nothing', () => {
  expect(literal('C:\\a $b `c "d" \u2018e\u2019 \'f\'')).toBe('\'C:\\a $b `c "d" \u2018\u2018e\u2019\u2019 \'\'f\'\'\'');
});
