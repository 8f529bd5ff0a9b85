import { describe, expect, it } from 'vitest';
import { hasHybridCgroups, namespaceCommand } from './host-namespace.ts';

const hybrid = '31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n40 30 0:36 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n';

describe('hasHybridCgroups', () => {
  it('tells hybrid hosts from pure ones', () => {
    expect(hasHybridCgroups(hybrid)).toBe(true);
    expect(hasHybridCgroups('31 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n')).toBe(false);
    expect(hasHybridCgroups('')).toBe(false);
  });
});

describe('namespaceCommand', () => {
  it('makes a namespace, or enters that of shimd', () => {
    expect(namespaceCommand(undefined, ['node', 'main.ts'])).toEqual([
      'unshare', '--mount', '--propagation', 'slave', 'sh', '-c', 'umount /sys/fs/cgroup/unified && exec "$@"', 'sh', 'node', 'main.ts',
    ]); // prettier-ignore
    expect(namespaceCommand(17, ['node'])).toEqual(['nsenter', '--mount=/proc/17/ns/mnt', 'node']);
  });
});
