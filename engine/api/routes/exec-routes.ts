import type { Duplex } from 'node:stream';
import type { ExecCreateRequest, ExecInspect } from '../../../contract/engine-api/exec.ts';
import { InvalidParameterError } from '../../errors.ts';
import { execCreateShape, execStartShape } from '../requests/request-shapes.ts';
import type { Handler } from '../router.ts';
import { streamType } from './stream-routes.ts';

export interface ExecBackend {
  create(reference: string, request: ExecCreateRequest): string;
  start(id: string, options: { consoleSize: [number, number] | undefined; open: (() => Promise<Duplex>) | null }): Promise<void>;
  inspect(id: string): ExecInspect;
  resize(id: string, size: { rows: number; columns: number }): Promise<void>;
}

interface ExecStartRequest {
  Detach?: boolean;
  Tty?: boolean;
  ConsoleSize?: [number, number] | null;
}

export function execRoutes(execs: ExecBackend): Record<'create' | 'start' | 'inspect' | 'resize', Handler> {
  return {
    async create(exchange) {
      const request = await exchange.json<ExecCreateRequest>(execCreateShape);
      if (request === undefined) throw new InvalidParameterError('invalid JSON: got EOF while reading request body');
      exchange.answer(201, { Id: execs.create(exchange.param('id'), request) });
    },
    async start(exchange) {
      const request = (await exchange.json<ExecStartRequest>(execStartShape)) ?? {};
      const id = exchange.param('id');
      const raw = execs.inspect(id).ProcessConfig.tty;
      const open = request.Detach === true ? null : () => exchange.hijack(streamType(exchange, raw));
      await execs.start(id, { consoleSize: request.ConsoleSize ?? undefined, open });
      if (open === null) exchange.answerEmpty(200);
    },
    inspect: (exchange) => exchange.answer(200, execs.inspect(exchange.param('id'))),
    async resize(exchange) {
      const size = { rows: exchange.query.uint32('h', 'resize height'), columns: exchange.query.uint32('w', 'resize width') };
      await execs.resize(exchange.param('id'), size);
      exchange.answerEmpty(200);
    },
  };
}
