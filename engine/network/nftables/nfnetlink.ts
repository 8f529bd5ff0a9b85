import { addressBytes } from '../addressing/addresses.ts';
import { attribute, nestedAttribute, text } from '../netlink/message.ts';
import type { NetlinkRequest } from '../netlink/netlink-socket.ts';
import { NetlinkFlag } from '../netlink/message.ts';

/**
 * The few packet filter changes that a container costs, as netlink messages: half a millisecond where the program takes
 * several (and a hundred in an emulated VM). What happens once per engine start is text for the program instead, see
 * `ruleset.ts`. Integers are in network order here. Source: linux/netfilter/nf_tables.h.
 */

const subsystem = 10;
const Message = { newTable: 0, deleteTable: 2, newChain: 3, newRule: 6, newElement: 12, deleteElement: 14 } as const;
const family = { ip: 2, inet: 1 } as const;
export type FilterFamily = keyof typeof family;

const Table = { name: 1 } as const;
const Chain = { table: 1, name: 3, hook: 4, policy: 5, type: 7 } as const;
const Hook = { number: 1, priority: 2 } as const;
const Rule = { table: 1, chain: 2, expressions: 4 } as const;
const ElementList = { table: 1, set: 2, elements: 3 } as const;
const Element = { key: 1, data: 2 } as const;
const listElement = 1;
const dataValue = 1;
const appendFlag = 0x800;

/** First of the 16 byte registers. */
const register = { one: 1, two: 2 } as const;
export const TransportProtocol = { tcp: 6, udp: 17 } as const;

function request(kind: number, of: FilterFamily, flags: number, purpose: string, ...attributes: Buffer[]): NetlinkRequest {
  return { type: (subsystem << 8) | kind, flags, payload: Buffer.concat([Buffer.from([family[of], 0, 0, 0]), ...attributes]), purpose };
}

export function addTable(of: FilterFamily, table: string): NetlinkRequest {
  return request(Message.newTable, of, NetlinkFlag.create, `create table ${table}`, attribute(Table.name, text(table)));
}

/** The table must be there. The kernel waits for its packets to drain: some 15 ms when it had a chain. */
export function deleteTable(of: FilterFamily, table: string): NetlinkRequest {
  return request(Message.deleteTable, of, 0, `delete table ${table}`, attribute(Table.name, text(table)));
}

/** A chain of type `nat` at the `output` hook. @param priority lower comes first. */
export function addOutputChain(of: FilterFamily, table: string, chain: string, priority: number): NetlinkRequest {
  const localOut = 3;
  const accept = 1;
  return request(
    Message.newChain,
    of,
    NetlinkFlag.create,
    `create chain ${chain}`,
    attribute(Chain.table, text(table)),
    attribute(Chain.name, text(chain)),
    nestedAttribute(Chain.hook, attribute(Hook.number, number32(localOut)), attribute(Hook.priority, number32(priority))),
    attribute(Chain.policy, number32(accept)),
    attribute(Chain.type, text('nat')),
  );
}

/** `ip daddr <address> <protocol> dport <port> dnat to <address>:<target>`, for a table of family `ip`. */
export function addPortRedirect(table: string, chain: string, match: { address: string; protocol: number; port: number }, target: { address: string; port: number }): NetlinkRequest {
  const destinationAddress = { base: 1, offset: 16, size: 4 };
  const destinationPort = { base: 2, offset: 2, size: 2 };
  const layer4Protocol = 16;
  const expressions = [
    payload(destinationAddress),
    compare(addressBytes(match.address)),
    expression('meta', attribute(1, number32(register.one)), attribute(2, number32(layer4Protocol))),
    compare(Buffer.from([match.protocol])),
    payload(destinationPort),
    compare(portBytes(match.port)),
    immediate(register.one, addressBytes(target.address)),
    immediate(register.two, portBytes(target.port)),
    expression('nat', attribute(1, number32(1)), attribute(2, number32(family.ip)), attribute(3, number32(register.one)), attribute(5, number32(register.two))),
  ];
  return request(
    Message.newRule,
    'ip',
    NetlinkFlag.create | appendFlag,
    `redirect port ${match.port}`,
    attribute(Rule.table, text(table)),
    attribute(Rule.chain, text(chain)),
    nestedAttribute(Rule.expressions, ...expressions),
  );
}

/** Of a map, or with null of a set. */
export interface ElementChange {
  set: string;
  key: Buffer;
  /** Undefined: the element is deleted. */
  data: Buffer | null | undefined;
}

/** Elements of one message: the kernel answers each message, and a thousand answers are more than a socket holds. */
const mostElements = 250;

/** All of them are added, or all deleted. */
export function changeElements(of: FilterFamily, table: string, changes: ElementChange[]): NetlinkRequest[] {
  const value = (bytes: Buffer) => attribute(dataValue, bytes);
  return [...Map.groupBy(changes, ({ set }) => set)].flatMap(([set, all]) =>
    Array.from({ length: Math.ceil(all.length / mostElements) }, (_, index) => {
      const some = all.slice(index * mostElements, (index + 1) * mostElements);
      const isDeleted = some[0]?.data === undefined;
      const elements = some.map(({ key, data }) => nestedAttribute(listElement, nestedAttribute(Element.key, value(key)), ...(data == null ? [] : [nestedAttribute(Element.data, value(data))])));
      return request(
        isDeleted ? Message.deleteElement : Message.newElement,
        of,
        isDeleted ? 0 : NetlinkFlag.create,
        `${isDeleted ? 'delete from' : 'add to'} ${set}`,
        attribute(ElementList.table, text(table)),
        attribute(ElementList.set, text(set)),
        nestedAttribute(ElementList.elements, ...elements),
      );
    }),
  );
}

/** Fields of a concatenated key or value: each fills whole words. */
export function concatenated(...fields: Buffer[]): Buffer {
  return Buffer.concat(fields.map((field) => (field.length % 4 === 0 ? field : Buffer.concat([field, Buffer.alloc(4 - (field.length % 4))]))));
}

export function portBytes(port: number): Buffer {
  return Buffer.from([port >> 8, port & 255]);
}

function expression(name: string, ...attributes: Buffer[]): Buffer {
  return nestedAttribute(listElement, attribute(1, text(name)), nestedAttribute(2, ...attributes));
}

function payload(field: { base: number; offset: number; size: number }): Buffer {
  return expression('payload', attribute(1, number32(register.one)), attribute(2, number32(field.base)), attribute(3, number32(field.offset)), attribute(4, number32(field.size)));
}

function compare(value: Buffer): Buffer {
  const equal = 0;
  return expression('cmp', attribute(1, number32(register.one)), attribute(2, number32(equal)), nestedAttribute(3, attribute(dataValue, value)));
}

function immediate(target: number, value: Buffer): Buffer {
  return expression('immediate', attribute(1, number32(target)), nestedAttribute(2, attribute(dataValue, value)));
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value, 0);
  return bytes;
}
