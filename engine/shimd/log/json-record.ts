import { formatNanoseconds } from '../../lib/time/timestamp.ts';
import type { OutputStream, RecordEncoder } from './file-log.ts';
import { encodeJsonText, maxGrowth } from './json-log-encoder.ts';

const opening = Buffer.from('{"log":"');
const overhead = 256;

/** Lines of moby's json-file log: `{"log":"text\n","stream":"stdout","attrs":{…},"time":"…"}`. */
export class JsonRecordEncoder implements RecordEncoder {
  readonly #attributes: string;
  #ending: Buffer = Buffer.alloc(0);

  /** @param attributes JSON object; none when undefined */
  constructor(attributes: string | undefined) {
    this.#attributes = attributes === undefined ? '' : `,"attrs":${attributes}`;
  }

  begin(stream: OutputStream, time: bigint): void {
    this.#ending = Buffer.from(`","stream":"${stream}"${this.#attributes},"time":"${formatNanoseconds(time)}"}\n`);
  }

  room(textLength: number): number {
    return textLength * maxGrowth + overhead + this.#ending.length;
  }

  encode(text: Buffer, start: number, end: number, target: Buffer, offset: number): number {
    let at = offset + opening.copy(target, offset);
    at = encodeJsonText(text, start, end, target, at);
    return at + this.#ending.copy(target, at);
  }
}
