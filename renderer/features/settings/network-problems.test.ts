import { expect, test } from 'vitest';
import { certificateProblem, logFilesProblem, logSizeProblem, noProxyProblem, poolProblem, proxyProblem } from './network-problems.ts';

const judges = { proxyProblem, noProxyProblem, certificateProblem, logSizeProblem, logFilesProblem, poolProblem };
type Judge = keyof typeof judges;

test.each<[Judge, string[]]>([
  ['proxyProblem', ['', 'http://proxy:3128', 'https://jo:secret@proxy.example/']],
  ['noProxyProblem', ['', 'localhost,.corp,10.0.0.0/8,[::1]']],
  ['certificateProblem', ['/etc/ssl/corp.pem', 'C:\\corp.pem', '\\\\server\\corp.pem']],
  ['logSizeProblem', ['', '10m', '512K', '1g', '4096']],
  ['logFilesProblem', ['', '0', '3', '1000']],
  ['poolProblem', ['base=10.10.0.0/16,size=24', 'base=172.30.0.0/24,size=24']],
])('%s: good', (judge, texts) => {
  for (const text of texts) expect(judges[judge](text), text).toBeUndefined();
});

test.each<[Judge, string[]]>([
  ['proxyProblem', ['proxy:3128', 'socks5://proxy:1', 'http://proxy/path', 'http://']],
  ['noProxyProblem', ['a\nb', '"x"']],
  ['certificateProblem', ['corp.pem', './corp.pem', '~/corp.pem']],
  ['logSizeProblem', ['huge', '0m', '10mb', '-1']],
  ['logFilesProblem', ['-1', 'x', '1001']],
  ['poolProblem', ['10.10.0.0/16', 'base=10.10.0.0/16', 'base=10.10.0.300/16,size=24', 'base=10.10.0.0/16,size=8', 'base=10.10.0.0/16,size=30']],
])('%s: to be changed', (judge, texts) => {
  for (const text of texts) expect(judges[judge](text), text).not.toBeUndefined();
});
