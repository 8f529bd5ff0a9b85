import type { Readable } from 'node:stream';
import type { ContainerConfig } from '../../../contract/engine-api/container.ts';
import { InvalidParameterError } from '../../errors.ts';
import type { BodyWriter } from '../connections/body-writer.ts';
import type { ConnectionBody } from '../connections/connection-body.ts';
import type { Exchange } from '../exchange.ts';
import { commitShape } from '../requests/request-shapes.ts';
import type { Handler } from '../router.ts';
import { withTag } from './image-routes.ts';

/** The verbs of containers that are about their files. */
export interface ContainerFilesBackend {
  statPath(reference: string, path: string): Promise<object>;
  archivePath(reference: string, path: string): Promise<{ stat: object; archive: BodyWriter }>;
  extractArchive(
    reference: string,
    request: { path: string; noOverwriteDirNonDir: boolean; copyUidGid: boolean; archive: Readable | ConnectionBody; signal: AbortSignal },
  ): Promise<void>;
  exportContainer(reference: string): Promise<BodyWriter>;
  changes(reference: string): Promise<object[] | null>;
  commit(
    reference: string,
    request: { target: string; comment: string; author: string; changes: readonly string[]; pause: boolean; config: ContainerConfig | undefined; signal: AbortSignal },
  ): Promise<string>;
}

const tarType = 'application/x-tar';
const statHeader = 'X-Docker-Container-Path-Stat';

export function archiveRoutes(containers: ContainerFilesBackend): Record<'stat' | 'get' | 'put' | 'export' | 'changes' | 'commit', Handler> {
  return {
    async stat(exchange) {
      const stat = await containers.statPath(exchange.param('id'), pathOf(exchange));
      exchange.answerEmpty(200, { [statHeader]: encoded(stat) });
    },
    async get(exchange) {
      const { stat, archive } = await containers.archivePath(exchange.param('id'), pathOf(exchange));
      await exchange.send(tarType, archive, { [statHeader]: encoded(stat) });
    },
    async put(exchange) {
      const { query } = exchange;
      await containers.extractArchive(exchange.param('id'), {
        path: pathOf(exchange),
        noOverwriteDirNonDir: query.flag('noOverwriteDirNonDir'),
        copyUidGid: query.flag('copyUIDGID'),
        archive: exchange.unreadBody,
        signal: exchange.signal,
      });
      exchange.answerEmpty(200);
    },
    async export(exchange) {
      await exchange.send('application/octet-stream', await containers.exportContainer(exchange.param('id')));
    },
    async changes(exchange) {
      exchange.answer(200, await containers.changes(exchange.param('id')));
    },
    async commit(exchange) {
      const { query, signal } = exchange;
      const config = await exchange.json<ContainerConfig>(commitShape);
      const [repo, tag] = [query.text('repo'), query.text('tag')];
      const id = await containers.commit(query.text('container'), {
        target: repo === '' ? repo : withTag(repo, tag),
        comment: query.text('comment'),
        author: query.text('author'),
        changes: query.all('changes'),
        pause: query.flag('pause', true),
        config,
        signal,
      });
      exchange.answer(201, { Id: id });
    },
  };
}

/** @throws InvalidParameterError in moby's very words */
function pathOf(exchange: Exchange): string {
  const path = exchange.query.text('path');
  if (path === '') throw new InvalidParameterError('bad parameter: pathcannot be empty');
  return path;
}

function encoded(stat: object): string {
  return Buffer.from(JSON.stringify(stat)).toString('base64');
}
