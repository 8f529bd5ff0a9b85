import { afterAll, afterEach, beforeAll } from 'vitest';
import { NetworkFixture } from './network-fixture.ts';
import { addNeighbour, enterPrivateMachine, leavePrivateMachine, serveIn } from './private-machine.ts';

/** What the tests of one file share: an engine's network on a private machine, beside another machine on the same wire. */
export interface PrivateNetwork {
  folder: string;
  /** Path of the other machine's namespace: 192.0.2.2. */
  neighbour: string;
  fixture: NetworkFixture;
  /** An HTTP server until the test's end; see {@link serveIn}. */
  serve(netns: string, port: number, text: string): Promise<void>;
  /** Called at the test's end. */
  stops: (() => Promise<void>)[];
}

/** Makes it before the file's tests and takes it away after them; boxes and networks go after each. */
export function usePrivateNetwork(): PrivateNetwork {
  const stops: PrivateNetwork['stops'] = [];
  const shared: PrivateNetwork = {
    folder: '',
    neighbour: '',
    fixture: undefined as never,
    serve: async (netns, port, text) => void stops.push(await serveIn(netns, port, text)),
    stops,
  };
  beforeAll(async () => {
    shared.folder = await enterPrivateMachine();
    shared.neighbour = await addNeighbour(shared.folder);
    shared.fixture = new NetworkFixture(shared.folder);
    await shared.fixture.open();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await shared.fixture.clear();
  });
  afterAll(async () => {
    await shared.fixture.close();
    leavePrivateMachine(shared.folder);
  });
  return shared;
}
