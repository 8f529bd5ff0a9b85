import type { Sample } from '../../../../contract/stats.ts';
import { valueOf } from '../../../format/usage.ts';
import type { MapCard, MapLayout } from './map-layout.ts';

/** What a container receives and sends, all its networks together: the kernel counts no finer. Bytes a second. */
export interface Traffic {
  card: MapCard;
  received: number;
  sent: number;
  /** Pixels of its wires: a step for each power of ten. */
  width: number;
}

/** Below this it is the noise that every network makes. */
const quiet = 100;
const widest = 6;

/** The containers on the map with traffic worth a word. */
export function trafficOf({ cards }: MapLayout, latest: Readonly<Record<string, Sample>>): Traffic[] {
  return cards.flatMap((card) => {
    const sample = latest[card.id];
    if (sample === undefined) return [];
    const [received, sent] = [valueOf(sample, 'received'), valueOf(sample, 'sent')];
    return received + sent < quiet ? [] : [{ card, received, sent, width: Math.min(widest, Math.max(1.5, Math.log10(received + sent) - 1)) }];
  });
}
