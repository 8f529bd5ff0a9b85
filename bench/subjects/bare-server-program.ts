import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** `node bare-server-program.ts SOCKET FILE`: answers each request with the file's bytes, and does nothing else. */
const [socket, file] = process.argv.slice(2) as [string, string];
const bytes = readFileSync(file);
createServer({ keepAliveTimeout: 0 }, (_request, response) => {
  response.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', bytes.length]);
  response.end(bytes);
}).listen(socket, () => process.send?.('listening'));
