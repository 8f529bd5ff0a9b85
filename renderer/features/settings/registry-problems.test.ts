import { expect, test } from 'vitest';
import { insecureProblem, mirrorProblem } from './registry-problems.ts';

test.each(['https://mirror.lan', 'http://10.0.0.1:5000/hub/'])('%s can be a mirror', (line) => expect(mirrorProblem(line)).toBeUndefined());
test.each(['mirror.lan', 'ftp://mirror.lan', 'https://jo:secret@mirror.lan', 'https://mirror.lan/?x=1'])('%s cannot', (line) => expect(mirrorProblem(line)).toContain(line));
test.each(['registry.lan', 'registry.lan:5000', '[::1]:5000', '10.0.0.0/8', 'fd00::/8'])('%s can do without TLS', (line) => expect(insecureProblem(line)).toBeUndefined());
test.each(['http://registry.lan', '10.0.0.0/99', 'a b', 'registry.lan/path'])('%s cannot', (line) => expect(insecureProblem(line)).toContain(line));
