import { lateBound } from '../lib/late-bound.ts';
import type { Backends } from './route-table.ts';

/** Backends for a route table that exists before they do. */
export function lateBackends(): { objects: Backends; bind(real: Backends): void } {
  const late = { system: lateBound<Backends['system']>(), containers: lateBound<Backends['containers']>(), execs: lateBound<Backends['execs']>(), images: lateBound<Backends['images']>(), networks: lateBound<Backends['networks']>(), volumes: lateBound<Backends['volumes']>(), files: lateBound<Backends['files']>(), volumeContents: lateBound<Backends['volumeContents']>(), disk: lateBound<Backends['disk']>() };
  return {
    objects: { system: late.system.object, containers: late.containers.object, execs: late.execs.object, images: late.images.object, networks: late.networks.object, volumes: late.volumes.object, files: late.files.object, volumeContents: late.volumeContents.object, disk: late.disk.object },
    bind(real) {
      late.system.bind(real.system);
      late.containers.bind(real.containers);
      late.execs.bind(real.execs);
      late.images.bind(real.images);
      late.networks.bind(real.networks);
      late.volumes.bind(real.volumes);
      late.files.bind(real.files);
      late.volumeContents.bind(real.volumeContents);
      late.disk.bind(real.disk);
    },
  };
}
