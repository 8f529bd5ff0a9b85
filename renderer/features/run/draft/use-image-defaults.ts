import { useEffect, useState } from 'react';
import type { ImageInspect, ImageSummary } from '../../../../contract/engine-api/image.ts';
import { nextFreePort } from '../../../format/engine/ports.ts';
import { inspectImage } from '../../../stores/images.ts';
import { portHolders, useContainers } from '../../../stores/containers/containers.ts';
import { useHostPorts } from '../../../stores/host-ports.ts';
import { portRow, type PortRow } from './draft.ts';
import { useDraft } from './draft-store.ts';

/** What the chosen image says of itself, once it is on this computer. Its ports are filled in where none were typed. */
export function useImageDefaults(image: ImageSummary | undefined): ImageInspect | undefined {
  const [inspect, setInspect] = useState<ImageInspect>();
  const id = image?.Id;
  useEffect(() => {
    if (id === undefined) return;
    let isCurrent = true;
    inspectImage(id).then(
      (read) => {
        if (!isCurrent) return;
        setInspect(read);
        const { draft, hasOwnPorts } = useDraft.getState();
        if (!hasOwnPorts) useDraft.setState({ draft: { ...draft, ports: exposedPorts(read) } });
      },
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [id]);
  return inspect?.Id === id ? inspect : undefined;
}

/** Low ports are published above 8000, where no rights are needed: 80 → 8080, 443 → 8443. Taken ones step up. */
function exposedPorts(image: ImageInspect): PortRow[] {
  const taken = new Set([...portHolders(useContainers.getState().containers).keys(), ...useHostPorts.getState().taken.keys()]);
  return Object.keys(image.Config?.ExposedPorts ?? {})
    .map((port) => port.split('/'))
    .slice(0, 8)
    .map(([inside = '', protocol]) => {
      const wanted = Number(inside) === 80 ? 8080 : Number(inside) < 1024 ? 8000 + Number(inside) : Number(inside);
      const host = taken.has(wanted) ? nextFreePort(wanted, taken) : wanted;
      if (host !== undefined) taken.add(host);
      return portRow(String(host ?? ''), inside, protocol === 'udp' ? 'udp' : 'tcp', true);
    });
}
