import { describe, expect, it } from 'vitest';
import type { MountRequest } from '../../contract/engine-api/container.ts';
import { parseBind, parseMountRequest, planMounts } from './mount-plan.ts';

describe('Binds', () => {
  it('are volumes by name and binds by path', () => {
    expect(parseBind('vv:/data')).toMatchObject({ type: 'volume', source: 'vv', destination: '/data', mode: 'z', readOnly: false, copy: true, propagation: '' });
    expect(parseBind('vv:/data:ro')).toMatchObject({ mode: 'ro', readOnly: true });
    expect(parseBind('vv:/data:nocopy')).toMatchObject({ copy: false });
    expect(parseBind('/data')).toMatchObject({ type: 'volume', source: '', destination: '/data' });
    expect(parseBind('/a:/b')).toMatchObject({ type: 'bind', source: '/a', destination: '/b', mode: '', propagation: '', createSource: true });
    expect(parseBind('/a/../c/:/b/./d/:ro,rshared,z')).toMatchObject({ source: '/c', destination: '/b/d', mode: 'ro,rshared,z', readOnly: true, propagation: 'rshared' });
  });

  it.each([
    ['', "invalid volume specification: ''"],
    [':/data', "invalid volume specification: ':/data'"],
    ['/a:/b:/c:ro', "invalid volume specification: '/a:/b:/c:ro'"],
    ['/foo:rw', "invalid volume specification: '/foo:rw'"],
    ['/a:/b:bad', 'invalid mode: bad'],
    ['/a:/b:ro,rw', 'invalid mode: ro,rw'],
    ['/a:/b:ro,', 'invalid mode: ro,'],
    ['/a:b', `invalid volume specification: '/a:b': invalid mount config for type "bind": invalid mount path: 'b' mount path must be absolute`],
    ['vv:data', `invalid volume specification: 'vv:data': invalid mount config for type "volume": invalid mount path: 'data' mount path must be absolute`],
    ['/a:/', "invalid specification: destination can't be '/'"],
    ['/a:/b/..', "invalid specification: destination can't be '/'"],
    ['a!:/data', 'create a!: "a!" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path'],
    ['../up:/data', 'includes invalid characters for a local volume name'],
    ['v:/data', 'create v: volume name is too short, names should be at least two alphanumeric characters'],
    ['vv:/data:rshared', 'field BindOptions must not be specified'],
    ['/a:/b:nocopy', 'field VolumeOptions must not be specified'],
  ])('%s is refused', (text, message) => {
    expect(() => parseBind(text)).toThrow(message);
  });
});

describe('Mounts', () => {
  it('say what they are', () => {
    expect(parseMountRequest({ Type: 'volume', Source: 'vv', Target: '/data', ReadOnly: true, VolumeOptions: { NoCopy: true, Labels: { a: 'b' } } })).toMatchObject({
      type: 'volume', source: 'vv', readOnly: true, copy: false, labels: { a: 'b' }, mode: 'z',
    });
    expect(parseMountRequest({ Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'slave' } })).toMatchObject({ propagation: 'slave', createSource: false });
    expect(parseMountRequest({ Type: 'tmpfs', Target: '/t' })).toMatchObject({ type: 'tmpfs', source: '', mode: '' });
    expect(parseMountRequest({ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 4096, Mode: 0o700, Options: [['exec'], ['uid', '7']] } }).spec).toEqual({
      tmpfs: ['nosuid', 'nodev', 'rw', 'size=4096', 'mode=700', 'exec', 'uid=7'],
    });
    expect(parseMountRequest({ Type: 'image', Source: 'bb', Target: '/i', ImageOptions: { Subpath: 'a/b' } })).toMatchObject({ type: 'image', source: 'bb', readOnly: true, spec: { subpath: 'a/b' } });
    expect(parseMountRequest({ Type: 'volume', Source: 'vv', Target: '/i', VolumeOptions: { Subpath: 'a/../b', DriverConfig: { Name: 'local', Options: { type: 'tmpfs', device: 'tmpfs' } } } })).toMatchObject({
      spec: { subpath: 'a/../b' }, driver: { name: 'local', options: { type: 'tmpfs', device: 'tmpfs' } },
    });
  });

  it.each<[MountRequest, string]>([
    [{ Type: 'foo' as 'bind', Target: '/a' }, 'invalid mount config for type "foo": mount type unknown'],
    [{ Type: 'bind', Source: '/a', Target: '' }, 'invalid mount config for type "bind": field Target must not be empty'],
    [{ Type: 'bind', Source: '/a', Target: 'b' }, `invalid mount config for type "bind": invalid mount path: 'b' mount path must be absolute`],
    [{ Type: 'bind', Source: 'a', Target: '/b' }, `invalid mount config for type "bind": invalid mount path: 'a' mount path must be absolute`],
    [{ Type: 'bind', Target: '/b' }, 'invalid mount config for type "bind": field Source must not be empty'],
    [{ Type: 'bind', Source: '/a', Target: '/b', BindOptions: { Propagation: 'odd' } }, 'invalid propagation mode: odd'],
    [{ Type: 'bind', Source: '/a', Target: '/b', VolumeOptions: {} }, 'field VolumeOptions must not be specified'],
    [{ Type: 'volume', Source: 'vv', Target: '/b', TmpfsOptions: {} }, 'field TmpfsOptions must not be specified'],
    [{ Type: 'volume', Target: '/b', ReadOnly: true }, 'must not set ReadOnly mode when using anonymous volumes'],
    [{ Type: 'tmpfs', Source: '/a', Target: '/b' }, 'field Source must not be specified'],
    [{ Type: 'image', Target: '/b' }, 'field Source must not be empty'],
    [{ Type: 'image', Source: 'busybox', Target: '/b', ImageOptions: { Subpath: '../x' } }, 'subpath must be a relative path within the image'],
    [{ Type: 'bind', Source: '/a', Target: '/b', ImageOptions: {} }, 'field ImageOptions must not be specified'],
    [{ Type: 'bind', Source: '/a', Target: '/b', BindOptions: { ReadOnlyNonRecursive: true, ReadOnlyForceRecursive: true } }, 'mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive'],
    [{ Type: 'volume', Source: 'vv', Target: '/b', VolumeOptions: { Subpath: '/abs' } }, 'subpath must be a relative path within the volume'],
    [{ Type: 'volume', Source: 'vv', Target: '/b', VolumeOptions: { Subpath: 'a/../../b' } }, 'subpath must be a relative path within the volume'],
    [{ Type: 'volume', Target: '/b', VolumeOptions: { Subpath: 'a' } }, 'must not set Subpath when using anonymous volumes'],
    [{ Type: 'tmpfs', Target: '/b', TmpfsOptions: { Options: [['odd']] } }, 'invalid tmpfs option "odd"'],
  ])('%j is refused', (request, message) => {
    expect(() => parseMountRequest(request)).toThrow(message);
  });
});

describe('all mounts of a container', () => {
  it('have one place each', () => {
    expect(() => planMounts({ Binds: ['/a:/data', 'vv:/data/'] })).toThrow('Duplicate mount point: /data');
    expect(() => planMounts({ Binds: ['vv:/data'], Mounts: [{ Type: 'tmpfs', Target: '/data' }] })).toThrow('Duplicate mount point: /data');
    expect(() => planMounts({ Binds: ['vv:/data'], Tmpfs: { '/data': '' } })).toThrow('Duplicate mount point: /data');
    expect(planMounts({ Binds: ['vv:/data'], Mounts: [{ Type: 'tmpfs', Target: '/t' }] })).toHaveLength(2);
    expect(planMounts({})).toEqual([]);
  });
});
