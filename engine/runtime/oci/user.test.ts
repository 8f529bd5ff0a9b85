import { describe, expect, it } from 'vitest';
import { resolveUser } from './user.ts';

const files = {
  passwd: '# comment\nroot:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001:Web:/var/web:/bin/sh\n12:x:34:56::/twelve:/bin/sh\n',
  group: 'root:x:0:\nwww:x:1001:\nstaff:x:50:web,other\naudio:x:29:web\n',
};
const none = { passwd: '', group: '' };

describe('resolveUser', () => {
  it.each([
    ['', [], files, { uid: 0, gid: 0, additionalGids: [0], home: '/root' }],
    ['', [], none, { uid: 0, gid: 0, additionalGids: [0], home: '/' }],
    ['web', [], files, { uid: 1000, gid: 1001, additionalGids: [1001, 50, 29], home: '/var/web' }],
    ['1000', [], files, { uid: 1000, gid: 1001, additionalGids: [1001, 50, 29], home: '/var/web' }],
    ['web:staff', [], files, { uid: 1000, gid: 50, additionalGids: [50], home: '/var/web' }],
    ['4321:77', [], none, { uid: 4321, gid: 77, additionalGids: [77], home: '/' }],
    // A number is a uid, even where an account has it for a name.
    ['12', [], files, { uid: 12, gid: 0, additionalGids: [0], home: '/' }],
    ['web', ['audio', '99', '50'], files, { uid: 1000, gid: 1001, additionalGids: [1001, 50, 29, 99], home: '/var/web' }],
  ])('%j with %j', (spec, groups, accounts, expected) => {
    expect(resolveUser(spec, groups, accounts)).toEqual(expected);
  });

  it.each([
    ['nope', [], 'unable to find user nope: no matching entries in passwd file'],
    ['web:nope', [], 'unable to find group nope: no matching entries in group file'],
    ['web', ['nope'], 'Unable to find group nope: no matching entries in group file'],
    ['-1', [], 'uids and gids must be in range 0-2147483647'],
    ['0:2147483648', [], 'uids and gids must be in range 0-2147483647'],
  ])('refuses %j with %j', (spec, groups, message) => {
    expect(() => resolveUser(spec, groups, files)).toThrow(message);
  });
});
