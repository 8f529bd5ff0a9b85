import { create } from 'zustand';
import { request } from '../api.ts';

/** Ports of this computer that were found taken, with the program where it could be learnt. Containers' own ports are in the list of containers. */
export const useHostPorts = create<{ taken: ReadonlyMap<number, string | undefined> }>(() => ({ taken: new Map() }));

let round = 0;

/** Looks each port up on this computer; the answer replaces what was known. */
export async function lookUpHostPorts(ports: readonly number[]): Promise<void> {
  const own = ++round;
  const answers = await Promise.all(
    ports.map(async (port): Promise<[number, string | undefined][]> => {
      try {
        const { isTaken, program } = await request('app/host-port', { port });
        return isTaken ? [[port, program]] : [];
      } catch {
        // Not known: the engine has the last word.
        return [];
      }
    }),
  );
  if (own === round) useHostPorts.setState({ taken: new Map(answers.flat()) });
}
