import type { MountRequest } from '../../../../../contract/engine-api/container.ts';
import { readBytes, readFields, readPair } from './values.ts';

const isTrue = (value: string): boolean => value === '' || /^(?:1|t|true)$/i.test(value);

/** `type=bind,source=/srv,target=/data,readonly`. Source: docker CLI reference, `docker run --mount`. */
export function readMount(text: string): MountRequest {
  const mount: MountRequest = { Type: 'volume', Target: '' };
  for (const [field, value] of readFields(text)) put(mount, field.toLowerCase(), value);
  return mount;
}

function put(mount: MountRequest, field: string, value: string): void {
  switch (field) {
    case 'type':
      mount.Type = value.toLowerCase() as MountRequest['Type'];
      return;
    case 'source':
    case 'src':
      mount.Source = value;
      return;
    case 'target':
    case 'dst':
    case 'destination':
      mount.Target = value;
      return;
    case 'readonly':
    case 'ro':
      if (isTrue(value)) mount.ReadOnly = true;
      return;
    case 'consistency':
      mount.Consistency = value;
      return;
    case 'bind-propagation':
      mount.BindOptions = { ...mount.BindOptions, Propagation: value };
      return;
    case 'bind-recursive':
      if (value === 'disabled') mount.BindOptions = { ...mount.BindOptions, NonRecursive: true };
      else if (value === 'writable') mount.BindOptions = { ...mount.BindOptions, ReadOnlyNonRecursive: true };
      else if (value === 'readonly') mount.BindOptions = { ...mount.BindOptions, ReadOnlyForceRecursive: true };
      return;
    case 'volume-nocopy':
      if (isTrue(value)) mount.VolumeOptions = { ...mount.VolumeOptions, NoCopy: true };
      return;
    case 'volume-subpath':
      mount.VolumeOptions = { ...mount.VolumeOptions, Subpath: value };
      return;
    case 'volume-label':
      mount.VolumeOptions = { ...mount.VolumeOptions, Labels: { ...mount.VolumeOptions?.Labels, ...Object.fromEntries([readPair(value)]) } };
      return;
    case 'volume-driver':
      mount.VolumeOptions = { ...mount.VolumeOptions, DriverConfig: { ...mount.VolumeOptions?.DriverConfig, Name: value } };
      return;
    case 'volume-opt': {
      const driver = mount.VolumeOptions?.DriverConfig;
      mount.VolumeOptions = { ...mount.VolumeOptions, DriverConfig: { ...driver, Options: { ...driver?.Options, ...Object.fromEntries([readPair(value)]) } } };
      return;
    }
    case 'image-subpath':
      mount.ImageOptions = { Subpath: value };
      return;
    case 'tmpfs-size': {
      const bytes = readBytes(value);
      if (bytes !== undefined) mount.TmpfsOptions = { ...mount.TmpfsOptions, SizeBytes: bytes };
      return;
    }
    case 'tmpfs-mode':
      mount.TmpfsOptions = { ...mount.TmpfsOptions, Mode: Number.parseInt(value, 8) };
      return;
  }
}
