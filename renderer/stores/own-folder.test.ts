import { expect, test } from 'vitest';
import { freeVolumeName, itemsOf, siteCommand } from './own-folder.ts';

test.each([
  ['My Site', [], 'my-site'],
  ['site', ['site', 'site-2'], 'site-3'],
  ['Über uns!', [], 'ber-uns'],
  ['…', [], 'folder'],
])('a volume for the folder %s', (folder, taken, name) => expect(freeVolumeName(folder, taken)).toBe(name));

test('what is copied is what is in the folder', () => {
  const file = { webkitRelativePath: 'site/css/a.css', lastModified: 5 };
  expect(itemsOf([file])).toEqual([{ name: 'css/a.css', blob: file, modified: 5 }]);
});

test('a web server of the own folder, without a download where the built-in image is here', () => {
  expect(siteCommand('/home/jo/site', 8080, true, new Set()).join(' ')).toBe('run --detach --name website --publish 8080:80 --volume /home/jo/site:/srv/www:ro slipway/hello httpd -f -p 80 -h /srv/www');
  expect(siteCommand('site', 8081, false, new Set(['website'])).join(' ')).toBe('run --detach --name website-2 --publish 8081:80 --volume site:/usr/share/nginx/html:ro nginx:alpine');
});
