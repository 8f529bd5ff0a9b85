import { dockerArchive, makeImage } from '../../testing/image-fixture.ts';
import { makeTar } from '../../testing/tar-fixture.ts';
import { call, CutOff, json, textOf } from './client.ts';
import type { Answer } from './client.ts';
import { emptyModel, present } from './model.ts';
import type { ModelContainer, ModelThing } from './model.ts';
import type { Random } from './random.ts';

export interface Load {
  socket: string;
  /** `host:port/repository`s that can be pulled. */
  pullable: string[];
  trace: (line: string) => void;
  /** An answer that the model did not expect. */
  surprise: (what: string) => void;
}

const counting = 'i=0; while :; do echo $i; i=$((i+1)); usleep 20000; done';
const ending = 'echo begun; usleep 300000; echo last words; exit 7';

/** One client: it does things of its own, one after the other, and remembers what it may rely on. */
export class Worker {
  readonly model = emptyModel();
  readonly #name: string;
  readonly #random: Random;
  readonly #load: Load;
  #count = 0;

  constructor(name: string, random: Random, load: Load) {
    this.#name = name;
    this.#random = random;
    this.#load = load;
  }

  /** Works until it is told to stop, or the engine goes away. */
  async work(stopped: () => boolean): Promise<void> {
    while (!stopped()) {
      try {
        await this.#step();
      } catch (error) {
        if (!(error instanceof CutOff)) throw error;
        this.#load.trace(`${this.#name} cut off: ${error.message}`);
        return;
      }
    }
  }

  async #step(): Promise<void> {
    const { volumes, networks, images } = this.model;
    const container = this.#random.pick(present(this.model.containers).filter(({ id }) => id !== undefined));
    const running = this.#random.pick(present(this.model.containers).filter(({ counts, states }) => counts && states.size === 1 && states.has('running')));
    const dice = this.#random.below(100);
    if (dice < 22 && present(this.model.containers).length < 6) return this.#create();
    if (dice < 38 && container !== undefined) return this.#start(container);
    if (dice < 46 && running !== undefined) return this.#exec(running);
    if (dice < 52 && container !== undefined) return this.#end(container);
    if (dice < 60 && container !== undefined) return this.#remove(container);
    if (dice < 63 && container !== undefined) return this.#rename(container);
    if (dice < 66 && container !== undefined) return this.#pause(container);
    if (dice < 70 && container !== undefined) return this.#network(container);
    if (dice < 74 && container !== undefined) return this.#copy(container);
    if (dice < 75 && container !== undefined) return this.#export(container);
    if (dice < 78 && container !== undefined) return this.#image('commit', (name) => this.#ask('POST', `/commit?container=${container.id}&repo=${name}`));
    if (dice < 81) return this.#image('load', (name) => this.#ask('POST', '/images/load?quiet=1', archive(name)));
    if (dice < 85) return this.#pull();
    if (dice < 88) return this.#toggle(images, 'images', () => undefined);
    if (dice < 90) return this.#save();
    if (dice < 95) return this.#toggle(volumes, 'volumes', (name) => this.#ask('POST', '/volumes/create', { Name: name }));
    return this.#toggle(networks, 'networks', (name) => this.#ask('POST', '/networks/create', { Name: name }));
  }

  async #create(): Promise<void> {
    const name = this.#fresh('c');
    const counts = this.#random.chance(70);
    const network = this.#random.chance(30) ? this.#random.pick(present(this.model.networks)) : undefined;
    const container: ModelContainer = { ownNetwork: network?.name, names: [name], id: undefined, presence: 'unsure', states: new Set(['created']), counts, pid: undefined, files: new Map(), signalled: false, lost: false, failed: false, networks: new Map() };
    this.model.containers.push(container);
    const volume = this.#random.chance(30) ? this.#random.pick(present(this.model.volumes)) : undefined;
    const answer = await this.#ask('POST', `/containers/create?name=${name}`, {
      Image: 'bb',
      Cmd: ['sh', '-c', counts ? counting : ending],
      ...(this.#random.chance(20) ? { Volumes: { '/data': {} } } : {}),
      ...(counts && this.#random.chance(20) ? { Healthcheck: { Test: ['CMD', 'true'], Interval: 200_000_000 } } : {}),
      HostConfig: {
        ...(volume === undefined ? {} : { Binds: [`${volume.name}:/vol`] }),
        ...(network === undefined ? {} : { NetworkMode: network.name }),
        ...(this.#random.chance(30) ? { PortBindings: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '' }] } } : {}),
      },
    });
    if (answer.status === 201) container.id = json<{ Id: string }>(answer).Id;
    container.presence = answer.status === 201 ? 'present' : 'unsure';
  }

  async #start(container: ModelContainer): Promise<void> {
    if (container.states.has('running') || container.states.has('paused')) return;
    container.states = new Set(['created', 'exited', 'running']);
    container.failed = true;
    container.pid = undefined;
    const { status } = await this.#ask('POST', `/containers/${container.id}/start`);
    if (status !== 204) return;
    // Until then its exit code may be that of the run before.
    container.signalled = false;
    container.lost = false;
    container.failed = false;
    container.states = new Set(container.counts ? ['running'] : ['running', 'exited']);
    if (!container.counts) return;
    const inspect = await this.#ask('GET', `/containers/${container.id}/json`);
    if (inspect.status === 200) container.pid = json<{ State: { Pid: number } }>(inspect).State.Pid;
  }

  async #end(container: ModelContainer): Promise<void> {
    if (!container.states.has('running')) return;
    const before = container.states;
    container.states = new Set([...before, 'exited']);
    container.signalled = true;
    container.pid = undefined;
    const { status } = await this.#ask('POST', `/containers/${container.id}/stop?t=0`);
    if (status === 204 || status === 304) container.states = new Set(['exited']);
  }

  async #remove(container: ModelContainer): Promise<void> {
    container.presence = 'unsure';
    container.states = new Set(['created', 'running', 'paused', 'exited']);
    container.pid = undefined;
    container.signalled = true;
    const { status } = await this.#ask('DELETE', `/containers/${container.id}?force=1&v=1`);
    if (status === 204) container.presence = 'absent';
  }

  async #rename(container: ModelContainer): Promise<void> {
    const name = this.#fresh('r');
    container.names = [...container.names, name];
    const { status } = await this.#ask('POST', `/containers/${container.id}/rename?name=${name}`);
    if (status === 204) container.names = [name];
  }

  async #exec(container: ModelContainer): Promise<void> {
    const word = this.#fresh('word');
    const made = await this.#ask('POST', `/containers/${container.id}/exec`, { AttachStdout: true, Cmd: ['sh', '-c', `echo ${word}; exit 3`] });
    if (made.status !== 201) return;
    const { Id } = json<{ Id: string }>(made);
    const started = await this.#ask('POST', `/exec/${Id}/start`, { Detach: false });
    if (started.status !== 200 || textOf(started.body) === `${word}\n`) return;
    // A stream without a length ends no differently when the engine was killed.
    await this.#ask('GET', '/_ping');
    this.#load.surprise(`exec in ${container.names.join('|')}: 500 it said ${JSON.stringify(textOf(started.body))}, not ${word}`);
  }

  /** One that ends by itself may do so meanwhile. */
  async #pause(container: ModelContainer): Promise<void> {
    if (!container.counts || container.states.size > 1) return;
    const [before, verb, after] = container.states.has('paused') ? (['paused', 'unpause', 'running'] as const) : (['running', 'pause', 'paused'] as const);
    if (!container.states.has(before)) return;
    container.states = new Set([before, after]);
    const { status } = await this.#ask('POST', `/containers/${container.id}/${verb}`);
    if (status === 204) container.states = new Set([after]);
  }

  async #network(container: ModelContainer): Promise<void> {
    const { networks } = container;
    const known = present(this.model.networks).filter(({ name }) => networks.get(name) !== 'unsure');
    const network = this.#random.pick(known);
    if (network === undefined || container.ownNetwork === network.name) return;
    const wanted = networks.get(network.name) === 'present' ? 'absent' : 'present';
    networks.set(network.name, 'unsure');
    const { status } = await this.#ask('POST', `/networks/${network.name}/${wanted === 'present' ? 'connect' : 'disconnect'}`, { Container: container.id });
    if (status === 200) networks.set(network.name, wanted);
  }

  /** Now and then one that takes a moment. */
  async #copy(container: ModelContainer): Promise<void> {
    const name = this.#fresh('file');
    const content = name.repeat(this.#random.chance(20) ? 200_000 : 100);
    const { status } = await this.#ask('PUT', `/containers/${container.id}/archive?path=/root`, makeTar([{ name, content }]));
    if (status === 200) container.files.set(`/root/${name}`, content);
  }

  async #export(container: ModelContainer): Promise<void> {
    const { status, body } = await this.#ask('GET', `/containers/${container.id}/export`);
    if (status === 200 && !body.includes('bin/busybox')) this.#load.surprise(`export of ${container.names.join('|')} has no busybox`);
  }

  async #pull(): Promise<void> {
    const name = this.#random.pick(this.#load.pullable)!;
    const { status, body } = await this.#ask('POST', `/images/create?fromImage=${name}&tag=latest`);
    // Everybody pulls these and nobody removes them.
    if (status === 200 && !body.includes('"error"')) this.#become(this.model.images, `${name}:latest`, 'present');
    else this.#load.surprise(`pull of ${name}: ${status} ${body.toString().slice(-300)}`);
  }

  async #save(): Promise<void> {
    const image = this.#random.pick(present(this.model.images));
    if (image === undefined) return;
    const { status, body } = await this.#ask('GET', `/images/${image.name}/get`);
    if (status === 200 && !body.includes('manifest.json')) this.#load.surprise(`save of ${image.name} has no manifest`);
  }

  async #image(verb: string, make: (name: string) => Promise<Answer>): Promise<void> {
    if (present(this.model.images).length > 8) return;
    const thing = this.#become(this.model.images, `${this.#fresh(verb)}:latest`, 'unsure');
    const { status, body } = await make(thing.name.replace(':latest', ''));
    if (status < 300 && !body.includes('"errorDetail"')) thing.presence = 'present';
  }

  /** Makes one, or removes one that nothing uses. */
  async #toggle(things: ModelThing[], noun: string, make: (name: string) => Promise<Answer> | undefined): Promise<void> {
    const old = this.#random.pick(present(things).filter(({ name }) => name.startsWith(this.#name)));
    if (old !== undefined && this.#random.chance(50)) {
      old.presence = 'unsure';
      const answer = await call(this.#load.socket, 'DELETE', `/${noun}/${old.name}`);
      this.#load.trace(`${this.#name} DELETE /${noun}/${old.name}: ${answer.status}`);
      // In use by a container: 409, of a network 403.
      old.presence = answer.status < 300 ? 'absent' : 'present';
      if (answer.status >= 500 || answer.status === 404) this.#load.surprise(`DELETE /${noun}/${old.name}: ${answer.status} ${answer.body.toString()}`);
      return;
    }
    if (present(things).length > 4) return;
    const name = this.#fresh(noun);
    const asked = make(name);
    if (asked === undefined) return;
    const thing = this.#become(things, name, 'unsure');
    if ((await asked).status === 201) thing.presence = 'present';
  }

  #become(things: ModelThing[], name: string, presence: ModelThing['presence']): ModelThing {
    const known = things.find((thing) => thing.name === name) ?? { name, presence };
    if (!things.includes(known)) things.push(known);
    known.presence = presence;
    return known;
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Answer> {
    this.#load.trace(`${this.#name} ${method} ${path}`);
    const answer = await call(this.#load.socket, method, path, body);
    this.#load.trace(`${this.#name} ${method} ${path}: ${answer.status}`);
    if (answer.status >= 400) this.#load.surprise(`${method} ${path}: ${answer.status} ${answer.body.toString()}`);
    return answer;
  }

  #fresh(what: string): string {
    this.#count += 1;
    return `${this.#name}-${what}-${this.#count}`;
  }
}

function archive(name: string): Buffer {
  const image = makeImage([[{ name: 'shared', content: Buffer.alloc(100_000, 's') }], [{ name: 'marker', content: name }]], { compression: 'none' });
  return dockerArchive([{ image, tags: [`${name}:latest`] }]);
}
