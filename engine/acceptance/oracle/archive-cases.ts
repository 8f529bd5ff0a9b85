import { cases, created, ended, get, head, post, put, started } from './replay/oracle-case.ts';
import { TarWriter } from './replay/small-tar.ts';

const path = (text: string) => encodeURIComponent(text);
const tar = { headers: { 'Content-Type': 'application/x-tar' } };
const folders = { ignore: ['body.entries.*.size'] };

/** Files of containers: archive, export, changes. */
export const archiveCases = cases('archive', {
  'stat': [
    created('ca'),
    head(`/containers/ca/archive?path=${path('/etc/passwd')}`),
    head(`/containers/ca/archive?path=${path('/etc')}`),
    head(`/containers/ca/archive?path=${path('/etc/')}`),
    head(`/containers/ca/archive?path=${path('/etc/.')}`),
    head(`/containers/ca/archive?path=${path('/')}`),
    head(`/containers/ca/archive?path=${path('etc/passwd')}`),
    head(`/containers/ca/archive?path=${path('/bin/ls')}`),
    head(`/containers/ca/archive?path=${path('/bin/busybox')}`),
    head(`/containers/ca/archive?path=${path('/nope')}`),
    head(`/containers/ca/archive?path=${path('/etc/passwd/')}`),
    head(`/containers/ca/archive?path=${path('/etc/passwd/x')}`),
    head(`/containers/ca/archive?path=${path('../../etc/passwd')}`),
    head('/containers/ca/archive?path='),
    head('/containers/ca/archive'),
    head('/containers/zz/archive?path=/'),
  ],
  'get': [
    created('ca'),
    get(`/containers/ca/archive?path=${path('/etc/passwd')}`),
    get(`/containers/ca/archive?path=${path('/data')}`, folders),
    get(`/containers/ca/archive?path=${path('/data/')}`, folders),
    get(`/containers/ca/archive?path=${path('/data/.')}`, folders),
    get(`/containers/ca/archive?path=${path('/bin/ls')}`),
    get(`/containers/ca/archive?path=${path('/nope')}`),
    get(`/containers/ca/archive?path=${path('/etc/passwd/')}`),
    get('/containers/ca/archive?path='),
    get('/containers/ca/archive'),
    get('/containers/zz/archive?path=/'),
  ],
  'get of a running container': [
    started('ca', { Cmd: ['sh', '-c', 'mkdir -p /d/e; echo x > /d/f; ln /d/f /d/h; chmod 4755 /d/f; ln -s f /d/l; sleep 1000'], HostConfig: { Binds: ['vv:/v'], Tmpfs: { '/t': '' } } }),
    head('/containers/ca/archive?path=/d/l', { until: (_, status) => status === 200 }),
    get('/containers/ca/archive?path=/d', { ...folders, sortBy: 'name' }),
    get('/containers/ca/archive?path=/d/l'),
    get('/containers/ca/archive?path=/v', folders),
    head('/containers/ca/archive?path=/t', { compare: 'nothing' }),
    head('/containers/ca/archive?path=/proc/1/cmdline', { compare: 'status' }),
  ],
  'put': [
    created('ca', { HostConfig: { Binds: ['vv:/v', 'ww:/w:ro'] } }),
    put('/containers/ca/archive?path=/tmp', TarWriter.of({ 'x/': '', 'x/y': 'content\n' }), tar),
    get('/containers/ca/archive?path=/tmp/x', folders),
    put('/containers/ca/archive?path=/nope', TarWriter.of({ y: 'y' }), tar),
    put('/containers/ca/archive?path=/etc/passwd', TarWriter.of({ y: 'y' }), tar),
    put('/containers/ca/archive?path=', TarWriter.of({ y: 'y' }), tar),
    put('/containers/ca/archive', TarWriter.of({ y: 'y' }), tar),
    put('/containers/zz/archive?path=/', TarWriter.of({ y: 'y' }), tar),
    put('/containers/ca/archive?path=/w', TarWriter.of({ y: 'y' }), tar),
    put('/containers/ca/archive?path=/v', TarWriter.of({ y: 'y' }), tar),
    get('/containers/ca/archive?path=/v/y'),
    put('/containers/ca/archive?path=/tmp', Buffer.from('no tar at all'), tar),
    put('/containers/ca/archive?path=/tmp', Buffer.alloc(0), tar),
    put('/containers/ca/archive?path=/tmp', TarWriter.of({ x: 'a file now' }), tar),
    put('/containers/ca/archive?path=/&noOverwriteDirNonDir=1', TarWriter.of({ tmp: 'a file now' }), tar),
    put('/containers/ca/archive?path=/tmp&noOverwriteDirNonDir=1', TarWriter.of({ 'x/': '' }), tar),
  ],
  'put into a read-only root': [
    created('ca', { HostConfig: { ReadonlyRootfs: true } }),
    put('/containers/ca/archive?path=/tmp', TarWriter.of({ y: 'y' }), tar),
  ],
  'changes': [
    ended('ca', { Cmd: ['sh', '-c', 'mkdir /new; echo x > /new/file; rm /data/from-image; echo y >> /etc/passwd; chmod 700 /root; touch /tmp/z'] }),
    get('/containers/ca/changes', { sortBy: 'Path' }),
    created('cb'),
    get('/containers/cb/changes'),
    get('/containers/zz/changes'),
  ],
  'export': [
    ended('ca', { Cmd: ['sh', '-c', 'rm -r /bin/* /data; echo x > /file'] }),
    get('/containers/ca/export', { compare: 'status' }),
    get('/containers/zz/export'),
  ],
  'cp events': [
    created('ca'),
    put('/containers/ca/archive?path=/tmp', TarWriter.of({ y: 'y' }), tar),
    get('/containers/ca/archive?path=/etc/passwd', { compare: 'nothing' }),
    get('/containers/ca/export', { compare: 'nothing' }),
    post('/commit?container=ca&repo=made', undefined, { compare: 'status' }),
    get('/events?since={start}&until={now}&filters=%7B%22type%22%3A%5B%22container%22%5D%7D', { ignore: ['body.lines.*.Actor.Attributes.imageID'] }),
  ],
});
