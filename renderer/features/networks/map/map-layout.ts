import type { PortView } from '../../../format/engine/ports.ts';
import type { NetworkView } from '../../../format/engine/network.ts';

/** The map in pixels. Networks are horizontal lines, containers hang from them, published ports are berths at the top edge. */
export interface MapLayout {
  width: number;
  height: number;
  lines: MapLine[];
  cards: MapCard[];
  berths: MapBerth[];
  wires: MapWire[];
}

export interface MapLine {
  network: NetworkView;
  x1: number;
  x2: number;
  y: number;
}

export interface MapCard {
  id: string;
  /** Of each network that it is in, in the map's order. */
  networks: string[];
  x: number;
  y: number;
}

export interface MapBerth {
  container: string;
  port: PortView;
  /** How many more ports stand for the same berth. */
  more: number;
  x: number;
}

/** A vertical line. `hops` are the heights of lines that it passes without joining. */
export interface MapWire {
  kind: 'network' | 'port';
  container: string;
  /** The network that is joined, or the port. */
  to: string;
  x: number;
  y1: number;
  y2: number;
  hops: number[];
}

export const cardWidth = 120;
export const cardHeight = 48;
const columnWidth = 134;
const berthHeight = 44;
const lineGap = 96;
const cardGap = 40;
const margin = 8;
const blockGap = 28;
/** Left of a block's cards, where the names of its lines stand clear of wires. */
const gutter = 128;
const portsShown = 2;

interface Item {
  id: string;
  ports: PortView[];
  /** Indices of the block's lines, ascending. */
  at: number[];
}

/**
 * Lays out running containers and their networks. Networks that share containers form a block, drawn one line below the other; a container
 * stands below the first of its networks. A grid of columns keeps every wire clear of cards that are not its own: a published port needs its
 * column free up to the top, a second network down to its line.
 */
export function layoutMap(views: readonly NetworkView[], isShown: (id: string) => boolean): MapLayout {
  const layout: MapLayout = { width: margin, height: 0, lines: [], cards: [], berths: [], wires: [] };
  for (const block of blocksOf(views, isShown)) placeBlock(block, layout, isShown);
  layout.width = Math.max(layout.width - blockGap + margin, 2 * margin);
  return layout;
}

/** Networks that hang together by a container, each block in the order of the list. */
function blocksOf(views: readonly NetworkView[], isShown: (id: string) => boolean): NetworkView[][] {
  const blocks: { ids: Set<string>; views: NetworkView[] }[] = [];
  for (const view of views) {
    const ids = new Set(view.attached.map(({ container }) => container.id).filter(isShown));
    if (ids.size === 0) continue;
    const touching = blocks.filter((block) => [...ids].some((id) => block.ids.has(id)));
    const joined = { ids: new Set([...touching.flatMap((block) => [...block.ids]), ...ids]), views: [...touching.flatMap((block) => block.views), view] };
    blocks.splice(0, blocks.length, ...blocks.filter((block) => !touching.includes(block)), joined);
  }
  return blocks.map((block) => block.views);
}

function placeBlock(block: readonly NetworkView[], layout: MapLayout, isShown: (id: string) => boolean): void {
  const items = itemsOf(block, isShown);
  const columns = columnsOf(items);
  const count = Math.max(1, ...columns.values()) + 1;
  const x0 = layout.width;
  const lineY = (line: number): number => berthHeight + 82 + line * (lineGap + cardHeight + cardGap);
  const cardY = (line: number): number => lineY(line) + cardGap + 8;
  const width = gutter + count * columnWidth;

  block.forEach((network, line) => layout.lines.push({ network, x1: x0, x2: x0 + width - (columnWidth - cardWidth), y: lineY(line) }));
  for (const item of items) {
    const [home = 0] = item.at;
    const x = x0 + gutter + (columns.get(item.id) ?? 0) * columnWidth;
    const y = cardY(home);
    layout.cards.push({ id: item.id, networks: item.at.map((line) => block[line]?.id ?? ''), x, y });
    item.at.forEach((line, index) => {
      const wireX = x + cardWidth / 2 + index * 8;
      const below = line > home;
      layout.wires.push({
        kind: 'network',
        container: item.id,
        to: block[line]?.id ?? '',
        x: wireX,
        y1: below ? y + cardHeight : lineY(line),
        y2: below ? lineY(line) : y,
        hops: below ? between(home + 1, line).map(lineY) : [],
      });
    });
    item.ports.slice(0, portsShown).forEach((port, index) => {
      const portX = x + (item.ports.length === 1 ? 24 : index === 0 ? 24 : cardWidth - 24);
      layout.berths.push({ container: item.id, port, more: index === portsShown - 1 ? item.ports.length - portsShown : 0, x: portX });
      layout.wires.push({ kind: 'port', container: item.id, to: String(port.publicPort), x: portX, y1: berthHeight, y2: y, hops: between(0, home + 1).map(lineY) });
    });
  }
  layout.width = x0 + width + blockGap;
  layout.height = Math.max(layout.height, cardY(block.length - 1) + cardHeight + margin);
}

const between = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);

function itemsOf(block: readonly NetworkView[], isShown: (id: string) => boolean): Item[] {
  const items = new Map<string, Item>();
  block.forEach((view, line) => {
    for (const { container } of view.attached) {
      if (!isShown(container.id)) continue;
      const item = items.get(container.id);
      if (item === undefined) items.set(container.id, { id: container.id, ports: container.ports.filter(({ publicPort }) => publicPort !== undefined), at: [line] });
      else item.at.push(line);
    }
  });
  return [...items.values()];
}

/** The first column in which all that an item needs is free. Those that need most choose first, so that the rest fits between them. */
function columnsOf(items: readonly Item[]): Map<string, number> {
  const taken = new Set<string>();
  const chosen = new Map<string, number>();
  const byNeed = [...items].sort((a, b) => needsOf(b).length - needsOf(a).length || (a.at[0] ?? 0) - (b.at[0] ?? 0));
  for (const item of byNeed) {
    const rows = needsOf(item);
    let column = 0;
    while (rows.some((row) => taken.has(`${row}:${column}`))) column++;
    for (const row of rows) taken.add(`${row}:${column}`);
    chosen.set(item.id, column);
  }
  return chosen;
}

function needsOf({ at, ports }: Item): number[] {
  const home = at[0] ?? 0;
  const last = at.at(-1) ?? home;
  return between(ports.length > 0 ? 0 : home, Math.max(last, home + 1));
}
