import { createHmac, randomBytes } from 'node:crypto';
import type { ChannelCrypto } from '../../../contract/channel/handshake.ts';

/** What the handshake needs of Node. */
export function hostCrypto(key: Uint8Array): ChannelCrypto {
  return {
    hmac: (parts) => {
      const hmac = createHmac('sha256', key);
      for (const part of parts) hmac.update(part);
      return hmac.digest();
    },
    nonce: () => randomBytes(32),
  };
}
