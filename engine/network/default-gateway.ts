/**
 * The gateway of the machine's default route; undefined without one. @param table text of `/proc/net/route`: name, destination and gateway (as the number that
 * the address in memory is), flags … Source: proc(5), net/ipv4/fib_trie.c
 */
export function defaultGateway(table: string): string | undefined {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway = '', flags = ''] = line.split('\t');
    const isUp = (parseInt(flags, 16) & 0x1) !== 0;
    const hasGateway = (parseInt(flags, 16) & 0x2) !== 0;
    if (destination === '00000000' && isUp && hasGateway) return Buffer.from(gateway, 'hex').reverse().join('.');
  }
  return undefined;
}
