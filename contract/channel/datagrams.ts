/**
 * Datagrams in a stream `port/udp/…`: two octets of length, most significant first, before each. One stream carries one
 * client's datagrams both ways; either side ends it when it has been silent, and the next datagram opens another.
 */
const prefix = 2;
/** Of UDP over IPv4. */
export const longestDatagram = 65_507;
/** Milliseconds of silence after which a client's stream ends. Source: moby docker-proxy `UDPConnTrackTimeout`. */
export const datagramIdleMs = 90_000;
/** Bytes that may wait for the channel; what comes beyond is lost, as datagrams may be. */
export const mostWaiting = 1024 * 1024;

export function encodeDatagram(datagram: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(prefix + datagram.length);
  new DataView(bytes.buffer).setUint16(0, datagram.length);
  bytes.set(datagram, prefix);
  return bytes;
}

/** Cuts a stream into datagrams. */
export class DatagramSplitter {
  #rest: Uint8Array = new Uint8Array(0);

  /** @returns the datagrams that are complete now. @throws RangeError for a length that no datagram has. */
  push(chunk: Uint8Array): Uint8Array[] {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const datagrams: Uint8Array[] = [];
    let offset = 0;
    while (bytes.length - offset >= prefix) {
      const length = view.getUint16(offset);
      if (length > longestDatagram) throw new RangeError(`a datagram of ${length} octets`);
      if (bytes.length - offset - prefix < length) break;
      datagrams.push(bytes.slice(offset + prefix, offset + prefix + length));
      offset += prefix + length;
    }
    this.#rest = bytes.slice(offset);
    return datagrams;
  }
}
