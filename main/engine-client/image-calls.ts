import type { Readable } from 'node:stream';
import type { ImageInspect, ImageSummary } from '../../contract/engine-api/image.ts';
import type { EngineCall } from './engine-client.ts';
import { splitReference } from './split-reference.ts';

export interface ImageCalls {
  list(): Promise<ImageSummary[]>;
  inspect(id: string): Promise<ImageInspect>;
  remove(id: string, options: { force?: boolean }): Promise<void>;
  /** JSON lines of `ProgressMessage`. An error after the first byte stands in a line, not in the status. */
  pull(reference: string, options: { platform?: string; auth?: object | undefined; signal: AbortSignal }): Promise<Readable>;
  /** Sends a tar as `docker load` does; JSON lines of `ProgressMessage` come back. The tar is read only as fast as the engine takes it. */
  load(tar: Readable, options: { signal: AbortSignal }): Promise<Readable>;
}

export function imageCalls(call: EngineCall): ImageCalls {
  return {
    // dockerode's types do not know the parameter; what is given goes into the query as it is.
    list: () => call((docker) => docker.listImages({ 'shared-size': true } as object)),
    inspect: (id) => call((docker) => docker.getImage(id).inspect()),
    remove: async (id, { force }) => {
      await call((docker) => docker.getImage(id).remove(force === true ? { force } : {}));
    },
    pull: (reference, { platform, auth, signal }) =>
      call((docker) =>
        docker.createImage({ ...splitReference(reference), ...(platform === undefined ? {} : { platform }), ...(auth === undefined ? {} : { authconfig: auth }), abortSignal: signal }),
      ),
    load: (tar, { signal }) => call((docker) => docker.loadImage(tar, { abortSignal: signal })),
  };
}
