import { describe, expect, it } from 'vitest';
import { missingTools } from './host-tools.mjs';

describe('missing tools', () => {
  it('are none where everything is found', () => {
    expect(missingTools('start', { has: () => true, manager: 'apt' })).toMatchObject({ missing: [], packages: [], command: undefined });
  });

  it('are answered with one exact command by package manager', () => {
    const has = (name) => !['qemu-system-x86_64', 'qemu-system-aarch64', 'qemu-img', 'mkfs.erofs'].includes(name);
    const apt = missingTools('start', { has, manager: 'apt' });
    expect(apt.command).toMatch(/^apt-get install -y --no-install-recommends qemu-system-(x86|arm) qemu-utils erofs-utils$/);
    expect(missingTools('start', { has, manager: 'brew' }).command).toBe('brew install qemu erofs-utils');
    expect(missingTools('start', { has, manager: 'winget' }).command).toBe('winget install --id SoftwareFreedomConservancy.QEMU');
  });

  it('do not ask a person who only starts the app for what the tests need', () => {
    const { missing } = missingTools('start', { has: () => false, manager: 'apt' });
    expect(missing.map((tool) => tool.finds[0])).not.toContain('crun');
  });
});
