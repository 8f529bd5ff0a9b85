import type { LogChunk } from '../../../contract/ipc.ts';

const lines: [string, string][] = [
  ['06.480', 'INFO GET /products/RP-12 200 7 ms user=8841'],
  ['06.702', 'INFO 172.21.0.1 "GET /img/rope-12.webp HTTP/1.1" 304 0 "-" 0.002'],
  ['06.955', 'DEBUG queue depth=2 lag=14ms'],
  ['07.114', 'INFO 172.21.0.1 "GET /api/cart HTTP/1.1" 200 1184 "-" 0.012'],
  ['07.118', 'INFO GET /cart 200 11 ms user=8841 items=3'],
  ['07.530', 'DEBUG cache hit key=cart:8841 ttl=271s'],
  ['07.902', 'INFO job 5f21 picked up: send-receipt order=77120'],
  ['08.360', 'INFO POST /orders 201 198 ms user=8841 order=77121'],
  ['09.020', 'WARN slow query 1,204 ms: SELECT * FROM inventory WHERE sku = ANY($1)'],
  ['10.006', 'DEBUG pool: 6 busy, 4 idle, 0 waiting'],
  ['11.214', 'WARN search: no answer after 2,000 ms, retry 1 of 3 (timeout 2s)'],
  ['11.482', '{"level":"error","msg":"upstream timeout","upstream":"search:9200","attempt":2,"elapsed_ms":2000}'],
  ['11.490', 'INFO GET /search?q=rope 504 4,012 ms user=8841'],
  ['12.200', 'INFO job 5f22 picked up: reindex sku=RP-12'],
  ['12.871', 'DEBUG batch 1/14 size=500'],
  ['14.118', 'WARN search: no answer after 2,000 ms, retry 3 of 3 (timeout 2s)'],
  ['14.120', 'ERROR circuit for search:9200 opened for 30 s after 5 timeouts'],
  ['15.306', 'FATAL JavaScript heap out of memory'],
  ['15.441', 'INFO \u001b[32mprocess ended\u001b[0m with code \u001b[1;31m137\u001b[0m, restart policy: \u001b[36mon-failure\u001b[0m'],
  ['16.020', '<img src=x onerror=alert(1)> <script>alert(2)</script> \u001b]8;;javascript:alert(3)\u0007link\u001b]8;;\u0007'],
  ['16.644', 'INFO starting, attempt 4'],
];

/** `count` lines, the last of them as above. */
export function sampleLog(count: number): LogChunk[] {
  const all = Array.from({ length: count }, (_, index) => lines[(index + lines.length - (count % lines.length)) % lines.length] ?? lines[0]!);
  return [{ stream: 'stdout', text: all.map(([time, text]) => `2025-11-20T14:02:${time}000000Z ${text}\n`).join('') }];
}

export const sampleTerminal = [
  '\u001b[32mnode\u001b[0m@\u001b[36mshop-api-1\u001b[0m \u001b[34m/app\u001b[0m $ ls -l --color',
  'total 312',
  'drwxr-xr-x    1 node     node          4096 Nov 20 09:12 \u001b[34mdist\u001b[0m',
  'drwxr-xr-x  214 node     node         12288 Nov 20 09:12 \u001b[34mnode_modules\u001b[0m',
  '-rw-r--r--    1 node     node          1204 Nov 20 09:11 package.json',
  '-rwxr-xr-x    1 node     node           418 Nov 20 09:11 \u001b[32mstart.sh\u001b[0m',
  'lrwxrwxrwx    1 node     node            14 Nov 20 09:12 \u001b[36mconfig.json\u001b[0m -> \u001b[90m/etc/shop.json\u001b[0m',
  '\u001b[31mwget: can\'t connect to remote host (172.21.0.6): Connection refused\u001b[0m',
  '\u001b[38;2;255;140;0mtrue colour\u001b[0m \u001b[1mbold\u001b[0m \u001b[4munderlined\u001b[0m \u001b[7minverse\u001b[0m',
  ' Tests  \u001b[32m2 passed\u001b[0m | \u001b[33m1 skipped\u001b[0m',
  '\u001b[32mnode\u001b[0m@\u001b[36mshop-api-1\u001b[0m \u001b[34m/app\u001b[0m $ ',
].join('\r\n');
