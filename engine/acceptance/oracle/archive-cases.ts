import { cases, created, ended, get, head, post, put, started } from './replay/oracle-case.ts';
import { TarWriter } from './replay/small-tar.ts';

const path = (text: string) => encodeURIComponent(text);
const tar = { headers: { 'Content-Type': 'application/x-tar' } };
const folders = { ignore: ['body.entries.*.size'] };

/** Files of containers: archive, export, changes. */
export const archiveCases = cases('archive', {
  'stat': [
    created('a'),
    head(`/containers/a/archive?path=${path('/etc/passwd')}`),
    head(`/containers/a/archive?path=${path('/etc')}`),
    head(`/containers/a/archive?path=${path('/etc/')}`),
    head(`/containers/a/archive?path=${path('/etc/.')}`),
    head(`/containers/a/archive?path=${path('/')}`),
    head(`/containers/a/archive?path=${path('etc/passwd')}`),
    head(`/containers/a/archive?path=${path('/bin/ls')}`),
    head(`/containers/a/archive?path=${path('/bin/busybox')}`),
    head(`/containers/a/archive?path=${path('/nope')}`),
    head(`/containers/a/archive?path=${path('/etc/passwd/')}`),
    head(`/containers/a/archive?path=${path('/etc/passwd/x')}`),
    head(`/containers/a/archive?path=${path('../../etc/passwd')}`),
    head('/containers/a/archive?path='),
    head('/containers/a/archive'),
    head('/containers/zz/archive?path=/'),
  ],
  'get': [
    created('a'),
    get(`/containers/a/archive?path=${path('/etc/passwd')}`),
    get(`/containers/a/archive?path=${path('/data')}`, folders),
    get(`/containers/a/archive?path=${path('/data/')}`, folders),
    get(`/containers/a/archive?path=${path('/data/.')}`, folders),
    get(`/containers/a/archive?path=${path('/bin/ls')}`),
    get(`/containers/a/archive?path=${path('/nope')}`),
    get(`/containers/a/archive?path=${path('/etc/passwd/')}`),
    get('/containers/a/archive?path='),
    get('/containers/a/archive'),
    get('/containers/zz/archive?path=/'),
  ],
  'get of a running container': [
    started('a', { Cmd: ['sh', '-c', 'mkdir -p /d/e; echo x > /d/f; ln -s f /d/l; ln /d/f /d/h; chmod 4755 /d/f; sleep 1000'], HostConfig: { Binds: ['v:/v'], Tmpfs: { '/t': '' } } }),
    head('/containers/a/archive?path=/d/l', { until: (_, status) => status === 200 }),
    get('/containers/a/archive?path=/d', { ...folders, sortBy: 'name' }),
    get('/containers/a/archive?path=/d/l'),
    get('/containers/a/archive?path=/v', folders),
    head('/containers/a/archive?path=/t'),
    head('/containers/a/archive?path=/proc/1/cmdline', { compare: 'status' }),
  ],
  'put': [
    created('a', { HostConfig: { Binds: ['v:/v', 'w:/w:ro'] } }),
    put('/containers/a/archive?path=/tmp', TarWriter.of({ 'x/': '', 'x/y': 'content\n' }), tar),
    get('/containers/a/archive?path=/tmp/x', folders),
    put('/containers/a/archive?path=/nope', TarWriter.of({ y: 'y' }), tar),
    put('/containers/a/archive?path=/etc/passwd', TarWriter.of({ y: 'y' }), tar),
    put('/containers/a/archive?path=', TarWriter.of({ y: 'y' }), tar),
    put('/containers/a/archive', TarWriter.of({ y: 'y' }), tar),
    put('/containers/zz/archive?path=/', TarWriter.of({ y: 'y' }), tar),
    put('/containers/a/archive?path=/w', TarWriter.of({ y: 'y' }), tar),
    put('/containers/a/archive?path=/v', TarWriter.of({ y: 'y' }), tar),
    get('/containers/a/archive?path=/v/y'),
    put('/containers/a/archive?path=/tmp', Buffer.from('no tar at all'), tar),
    put('/containers/a/archive?path=/tmp', Buffer.alloc(0), tar),
    put('/containers/a/archive?path=/tmp', TarWriter.of({ x: 'a file now' }), tar),
    put('/containers/a/archive?path=/&noOverwriteDirNonDir=1', TarWriter.of({ tmp: 'a file now' }), tar),
    put('/containers/a/archive?path=/tmp&noOverwriteDirNonDir=1', TarWriter.of({ 'x/': '' }), tar),
  ],
  'put into a read-only root': [
    created('a', { HostConfig: { ReadonlyRootfs: true } }),
    put('/containers/a/archive?path=/tmp', TarWriter.of({ y: 'y' }), tar),
  ],
  'changes': [
    ended('a', { Cmd: ['sh', '-c', 'mkdir /new; echo x > /new/file; rm /data/from-image; echo y >> /etc/passwd; chmod 700 /root; touch /tmp/z'] }),
    get('/containers/a/changes'),
    created('b'),
    get('/containers/b/changes'),
    get('/containers/zz/changes'),
  ],
  'export': [
    ended('a', { Cmd: ['sh', '-c', 'rm -r /bin/* /data; echo x > /file'] }),
    get('/containers/a/export', { sortBy: 'name', ignore: ['body.entries.*.size'] }),
    get('/containers/zz/export'),
  ],
  'cp events': [
    created('a'),
    put('/containers/a/archive?path=/tmp', TarWriter.of({ y: 'y' }), tar),
    get('/containers/a/archive?path=/etc/passwd', { compare: 'nothing' }),
    get('/containers/a/export', { compare: 'nothing' }),
    post('/commit?container=a&repo=made', undefined, { compare: 'status' }),
    get('/events?since={start}&until={now}&filters=%7B%22type%22%3A%5B%22container%22%5D%7D'),
  ],
});
