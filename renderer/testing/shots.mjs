// What is pictured: a scene, a place, and what a person does there first. Names follow the design's pictures.
const narrow = { width: 720, height: 450 };
const row = (page, name) => page.getByRole('row', { name: new RegExp(name) }).first();
const api = '#/containers/shop-api-1';

export const shots = [
  { name: '01-startup', scene: 'startup', act: (page) => page.getByText('Launching the engine').waitFor() },
  { name: '01-startup-failed', scene: 'startup-failed', act: (page) => page.getByRole('button', { name: 'Copy command' }).waitFor() },
  {
    name: '01-startup-failed-console',
    scene: 'startup-boot-failed',
    act: (page) => page.getByRole('button', { name: 'Show the last lines' }).click(),
  },
  { name: '01-startup-troubleshoot', scene: 'startup-failed', hash: '#/troubleshoot', themes: ['dark'], act: (page) => page.getByText('Back to the start').waitFor() },
  { name: '01-startup-narrow', scene: 'startup-boot-failed', viewport: narrow },
  { name: '01-stopped', scene: 'stopped', act: (page) => page.getByRole('button', { name: 'Start the engine' }).waitFor() },
  {
    name: '02-containers',
    scene: 'containers',
    act: async (page) => {
      await row(page, 'shop-search-1').waitFor();
      await page.getByRole('checkbox', { name: 'Select shop-api-1' }).check({ force: true });
      await page.getByRole('checkbox', { name: 'Select shop-worker-1' }).check({ force: true });
      await row(page, 'shop-search-1').hover();
      await page.getByText('It restarted 4 times.').waitFor();
    },
  },
  { name: '02-containers-rest', scene: 'containers', act: (page) => page.getByText('It restarted 4 times.').waitFor() },
  { name: '02-containers-zoom200', scene: 'containers', viewport: narrow, scale: 2, act: (page) => page.getByRole('searchbox').focus() },
  { name: '02-containers-menu', scene: 'containers', act: (page) => row(page, 'shop-web-1').click({ button: 'right' }) },
  { name: '02-containers-remove', scene: 'containers', act: async (page) => (await row(page, 'shop-api-1').focus(), await page.keyboard.press('Delete')) },
  { name: '02-containers-filter', scene: 'containers', act: async (page) => (await page.keyboard.press('/'), await page.keyboard.type('redsi')) },
  { name: '02-containers-away', scene: 'away', act: (page) => page.getByText('The engine has not answered').waitFor() },
  { name: '02-containers-died', scene: 'died', act: (page) => page.getByRole('alert').waitFor() },
  { name: '02-containers-loading', scene: 'loading' },
  { name: '02-containers-many', scene: 'many', act: (page) => row(page, 'p0-service-0').waitFor() },
  { name: '02-containers-hostile', scene: 'hostile', act: (page) => page.getByText('bold').first().waitFor() },
  {
    name: '02-containers-refused',
    scene: 'start-refused',
    act: async (page) => {
      await row(page, 'etl-draft').focus();
      await page.keyboard.press('s');
      await page.getByText('Could not start.').waitFor();
    },
  },
  {
    name: '03-logs',
    scene: 'long-log',
    hash: '#/logs/shop-api-1,shop-worker-1,shop-web-1',
    act: async (page) => {
      await page.getByText('starting, attempt 4').first().waitFor();
      await page.getByRole('searchbox').fill('timeout');
      await page.getByText(/^[\d,]+ lines$/).first().waitFor();
      await page.getByRole('searchbox').press('Shift+Enter');
      await page.getByText(/ of [\d,]+/).first().waitFor();
      await page.getByRole('button', { name: 'Fields of this line' }).nth(1).click();
    },
  },
  { name: '03-logs-one', scene: 'containers', hash: `${api}/logs`, act: (page) => page.getByText('starting, attempt 4').first().waitFor() },
  {
    name: '03-logs-columns',
    scene: 'containers',
    hash: `${api}/logs`,
    act: async (page) => {
      await page.getByText('starting, attempt 4').first().waitFor();
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('button', { name: 'Merge with…' }).click();
    },
  },
  { name: '03-logs-narrow', scene: 'long-log', hash: `${api}/logs`, viewport: narrow, act: (page) => page.getByText('starting, attempt 4').first().waitFor() },
  { name: '03-logs-plain', scene: 'plain-log', hash: `${api}/logs`, themes: ['dark'], act: (page) => page.getByText('starting, attempt 4').first().waitFor() },
  { name: '03-logs-empty', scene: 'empty-log', hash: '#/logs', themes: ['dark'], act: (page) => page.getByText('written nothing yet').waitFor() },
  { name: '03-overview', scene: 'containers', hash: `${api}/overview`, act: (page) => page.getByText('SEARCH_URL').waitFor() },
  { name: '03-overview-health', scene: 'containers', hash: '#/containers/shop-search-1/overview', act: (page) => page.getByText('connection refused').first().waitFor() },
  { name: '03-overview-narrow', scene: 'containers', hash: '#/containers/shop-search-1/overview', viewport: narrow, act: (page) => page.getByText('connection refused').first().waitFor() },
  { name: '03-stats', scene: 'containers', hash: `${api}/stats`, act: (page) => page.locator('.uplot canvas').nth(4).waitFor() },
  {
    name: '03-stats-hour',
    scene: 'containers',
    hash: '#/containers/shop-worker-1/stats',
    act: async (page) => {
      await page.getByRole('button', { name: '1 hour' }).click();
      await page.locator('.uplot canvas').nth(4).waitFor();
    },
  },
  { name: '03-stats-narrow', scene: 'containers', hash: `${api}/stats`, viewport: narrow, act: (page) => page.locator('.uplot canvas').first().waitFor() },
  { name: '03-stats-german', scene: 'containers', hash: `${api}/stats`, locale: 'de-DE', themes: ['light'], act: (page) => page.locator('.uplot canvas').nth(4).waitFor() },
  { name: '03-stats-never', scene: 'containers', hash: '#/containers/etl-draft/stats', themes: ['dark'], act: (page) => page.getByText('It is not running').waitFor() },
  { name: '03-processes', scene: 'containers', hash: `${api}/processes`, act: (page) => page.getByText('server.js').first().waitFor() },
  { name: '03-processes-narrow', scene: 'containers', hash: `${api}/processes`, viewport: narrow, act: (page) => page.getByText('server.js').first().waitFor() },
  {
    name: '03-inspect',
    scene: 'containers',
    hash: `${api}/inspect`,
    act: async (page) => {
      await page.getByText('HostConfig').first().waitFor();
      await page.getByRole('searchbox').fill('search');
      await page.getByText('SEARCH_URL').click();
    },
  },
  { name: '03-inspect-json', scene: 'containers', hash: `${api}/inspect`, act: async (page) => (await page.getByRole('button', { name: 'JSON', exact: true }).click(), await page.getByText('"Created"').first().waitFor()) },
  ...['Rename…', 'Make an image…', 'Limits and restart…', 'Send a signal…'].map((item, index) => ({
    name: `03-dialog-${['rename', 'commit', 'update', 'signal'][index]}`,
    scene: 'containers',
    hash: `${api}/overview`,
    act: async (page) => {
      await page.getByRole('button', { name: 'More for shop-api-1' }).click();
      await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').waitFor();
    },
  })),
  { name: '12-stats', scene: 'containers', hash: '#/stats', act: (page) => page.locator('.uplot canvas').nth(4).waitFor() },
  { name: '12-stats-narrow', scene: 'containers', hash: '#/stats', viewport: narrow, act: (page) => page.locator('.uplot canvas').first().waitFor() },
  {
    name: '04-run',
    scene: 'containers',
    hash: '#/run?image=postgres:17.2',
    act: async (page) => {
      await page.getByLabel('On this computer').first().waitFor();
      await page.getByLabel('Name', { exact: true }).fill('orders-db');
      await page.getByLabel('On this computer').first().fill('5432');
      await page.getByRole('button', { name: 'Add a variable' }).click();
      await page.getByRole('textbox', { name: 'Name of the variable' }).fill('POSTGRES_PASSWORD');
      await page.getByRole('textbox', { name: 'Value' }).fill('correct horse');
      await page.getByRole('button', { name: 'Add a variable' }).click();
      await page.getByRole('textbox', { name: 'Name of the variable' }).nth(1).fill('POSTGRES_DB');
      await page.getByRole('textbox', { name: 'Value' }).nth(1).fill('orders');
      await page.getByRole('button', { name: 'Add a volume' }).click();
    },
  },
  {
    name: '04-run-pasted',
    scene: 'containers',
    hash: '#/run',
    act: async (page) => {
      await page.getByRole('button', { name: 'Paste a command' }).click();
      await page.getByRole('dialog').getByLabel('Command').fill(
        'docker run -d --name shop-postgres-1 -p 127.0.0.1:3306:3306 -p 53:53/udp --env-file .env -v ./site:/srv:ro --memory 256m --health-cmd "mysqladmin ping" --health-interval 10s --health-retries three --cap-add NET_ADMIN --cap-drop ALL --network shop_default --label team=web mysql:8',
      );
      await page.getByRole('button', { name: 'Fill the form' }).click();
      await page.getByText('mysqld (process 4121)').first().waitFor();
    },
  },
  {
    name: '04-run-folds',
    scene: 'containers',
    hash: '#/run?image=postgres:17.2',
    viewport: { width: 1440, height: 1900 },
    act: async (page) => {
      await page.getByLabel('On this computer').first().waitFor();
      for (const fold of ['Network', 'Command and user', 'Security']) await page.getByRole('button', { name: new RegExp(`^${fold}`) }).click();
      await page.getByRole('button', { name: 'Add to Capabilities to add --cap-add' }).click();
      await page.getByRole('textbox', { name: 'Capabilities to add' }).fill('NET_ADMIN');
      await page.getByRole('checkbox', { name: 'Give it a terminal' }).check({ force: true });
    },
  },
  {
    name: '04-run-paste',
    scene: 'containers',
    hash: '#/run',
    act: async (page) => {
      await page.getByRole('button', { name: 'Paste a command' }).click();
      await page.getByRole('dialog').getByLabel('Command').fill('docker run --nmae web -p 8080:80 nginx');
    },
  },
  { name: '04-run-empty', scene: 'containers', hash: '#/run' },
  { name: '04-run-narrow', scene: 'containers', hash: '#/run?image=postgres:17.2', viewport: narrow },
  {
    name: '05-images',
    scene: 'pulling',
    hash: '#/images',
    act: async (page) => {
      await page.getByRole('button', { name: 'Pull…' }).click();
      await page.getByLabel('Image', { exact: true }).fill('ghcr.io/open-telemetry/collector:0.116.0');
      await page.keyboard.press('Enter');
      await page.getByText('e02b8d7719af').waitFor();
    },
  },
  { name: '05-image-layers', scene: 'containers', hash: '#/images/postgres%3A17.2/layers', act: (page) => page.getByText('docker-entrypoint.sh').first().waitFor() },
  { name: '05-images-prune', scene: 'containers', hash: '#/images', act: (page) => page.getByRole('button', { name: /unused/ }).click() },
  { name: '05-images-narrow', scene: 'containers', hash: '#/images', viewport: narrow },
  {
    name: '05-images-failed',
    scene: 'pull-failed',
    hash: '#/images',
    act: async (page) => {
      await page.getByRole('button', { name: 'Pull…' }).click();
      await page.getByLabel('Image', { exact: true }).fill('postgress:17');
      await page.getByRole('button', { name: 'Pull', exact: true }).click();
      await page.getByRole('button', { name: 'Pull postgres:17' }).waitFor();
    },
  },
  {
    name: '05-images-search',
    scene: 'containers',
    hash: '#/images',
    act: async (page) => {
      await page.getByRole('button', { name: 'Pull…' }).click();
      await page.getByRole('dialog').getByLabel('Image').fill('nginx');
      await page.getByText('Official build of Nginx.').waitFor();
    },
  },
  { name: '05-images-pull', scene: 'containers', hash: '#/images', act: (page) => page.getByRole('button', { name: 'Pull…' }).click() },
  { name: '05-images-empty', scene: 'empty-images', hash: '#/images' },
  { name: '07-home', scene: 'containers', hash: '#/home', act: (page) => page.getByText('can go', { exact: false }).first().waitFor() },
  { name: '07-home-narrow', scene: 'disk-low', hash: '#/home', viewport: narrow, act: (page) => page.getByText('The disk is').waitFor() },
  { name: '07-home-calm', scene: 'calm', hash: '#/home', act: (page) => page.getByText('run as they should').waitFor() },
  { name: '07-home-empty', scene: 'empty', hash: '#/home', act: (page) => page.getByText('There is no container yet').waitFor() },
  { name: '07-home-hostile', scene: 'hostile', hash: '#/home', act: (page) => page.getByText('It just failed.').waitFor() },
  { name: '07-home-german', scene: 'disk-low', hash: '#/home', viewport: { width: 1080, height: 900 }, locale: 'de-DE', act: (page) => page.getByText('Erste Schritte').waitFor() },
  { name: '08-empty', scene: 'empty', act: (page) => page.getByRole('button', { name: 'Run it' }).waitFor() },
  { name: '08-empty-narrow', scene: 'empty', viewport: narrow },
  {
    name: '08-palette',
    scene: 'containers',
    act: async (page) => {
      await row(page, 'shop-search-1').waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('rest wor');
    },
  },
  { name: '08-palette-first', scene: 'containers', act: (page) => page.keyboard.press('Control+k') },
  { name: '08-history', scene: 'containers', act: (page) => page.getByRole('button', { name: 'History' }).click() },
  { name: '08-keys', scene: 'containers', act: async (page) => (await row(page, 'minio').waitFor(), await page.keyboard.press('?')) },
  { name: '09-terminal', scene: 'containers', hash: `${api}/terminal`, act: (page) => page.getByText('Session open').waitFor() },
  {
    name: '09-terminal-find',
    scene: 'containers',
    hash: `${api}/terminal`,
    act: async (page) => {
      await page.getByText('Session open').waitFor();
      await page.keyboard.press('Control+Shift+f');
      await page.keyboard.type('node_modules');
    },
  },
  { name: '09-terminal-stopped', scene: 'containers', hash: '#/containers/migrate/terminal' },
  {
    name: '05-images-tasks',
    scene: 'pulling',
    hash: '#/images',
    act: async (page) => {
      await page.getByRole('button', { name: 'Pull…' }).click();
      await page.getByLabel('Image', { exact: true }).fill('ghcr.io/open-telemetry/collector:0.116.0');
      await page.keyboard.press('Enter');
      await page.getByText('e02b8d7719af').waitFor();
      await page.getByRole('button', { name: '1 task' }).click();
      await page.getByRole('heading', { name: 'Tasks' }).waitFor();
    },
  },
  { name: '11-german-containers', scene: 'containers', locale: 'de-DE', act: (page) => page.getByText('Er startete 4-mal neu.').waitFor() },
  { name: '11-german-run-narrow', scene: 'containers', locale: 'de-DE', viewport: narrow, hash: '#/run?image=postgres:17.2' },
  { name: '11-troubleshoot', scene: 'containers', hash: '#/troubleshoot', act: (page) => page.getByText('5433, 9200').waitFor() },
  { name: '11-troubleshoot-german', scene: 'startup-boot-failed', hash: '#/troubleshoot', viewport: narrow, locale: 'de-DE' },
  { name: '11-volumes', scene: 'containers', hash: '#/volumes', act: (page) => row(page, 'shop_db-data').waitFor() },
  { name: '11-volumes-narrow', scene: 'containers', hash: '#/volumes', viewport: narrow, act: (page) => row(page, 'shop_db-data').waitFor() },
  { name: '11-volumes-empty', scene: 'no-volumes', hash: '#/volumes' },
  { name: '11-volumes-create', scene: 'containers', hash: '#/volumes', act: (page) => page.getByRole('button', { name: 'Create…' }).click() },
  { name: '11-volumes-remove', scene: 'containers', hash: '#/volumes', act: async (page) => (await row(page, 'scratch').focus(), await page.keyboard.press('Delete')) },
  { name: '11-volume-overview', scene: 'containers', hash: '#/volumes/shop_db-data/overview' },
  { name: '12-files', scene: 'containers', hash: `${api}/files`, act: async (page) => (await row(page, 'server.js').click(), await page.getByText('createServer').waitFor()) },
  { name: '12-files-narrow', scene: 'containers', hash: `${api}/files`, viewport: narrow, act: async (page) => (await row(page, 'server.js').click(), await page.getByText('createServer').waitFor()) },
  { name: '12-files-hostile', scene: 'hostile-files', hash: `${api}/files`, act: (page) => row(page, 'onerror').click() },
  { name: '12-files-remove', scene: 'containers', hash: `${api}/files`, act: async (page) => (await row(page, 'public').click(), await page.keyboard.press('Delete')) },
  { name: '13-changes', scene: 'containers', hash: `${api}/changes`, act: (page) => page.getByRole('treeitem').first().waitFor() },
  { name: '14-disk', scene: 'containers', hash: '#/disk', act: (page) => page.getByText('The largest').waitFor() },
  { name: '14-disk-narrow', scene: 'containers', hash: '#/disk', viewport: narrow, act: (page) => page.getByText('The largest').waitFor() },
  { name: '14-disk-review', scene: 'containers', hash: '#/disk', act: (page) => page.getByRole('button', { name: 'Review: All unused images' }).click() },
  {
    name: '04-run-folder',
    scene: 'native',
    hash: '#/run?image=postgres:17.2',
    act: async (page) => {
      await page.getByRole('button', { name: 'mount a folder of yours…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'site', exact: true }).click();
      await page.getByText('Has an index.html').waitFor();
    },
  },
  { name: '10-settings', scene: 'containers', hash: '#/settings', viewport: { width: 1440, height: 1900 }, act: (page) => page.getByText('registry.lan:5000').first().waitFor() },
  { name: '02-containers-project', scene: 'containers', act: async (page) => { await page.getByRole('row', { name: /shop/ }).first().hover(); await page.getByRole('button', { name: 'Restart all of shop' }).waitFor(); } },
  { name: '05-images-selected', scene: 'containers', hash: '#/images', act: async (page) => { for (const name of ['minio/minio:latest', 'nginx:1.27-alpine']) await page.getByRole('checkbox', { name: `Select ${name}` }).click({ force: true }); await page.keyboard.press('Delete'); } },
  { name: '10-settings-network', scene: 'configured', hash: '#/settings', viewport: { width: 1440, height: 3000 }, act: (page) => page.getByText('Corp Issuing CA 2').waitFor() },
  { name: '10-settings-network-narrow', scene: 'configured', hash: '#/settings', viewport: { width: 720, height: 3000 }, themes: ['light'], locale: 'de-DE', act: (page) => page.getByText('Corp Issuing CA 2').waitFor() },
  { name: '11-data-export', scene: 'containers', hash: '#/troubleshoot', act: async (page) => { await page.getByRole('button', { name: 'Export…' }).click(); await page.getByRole('button', { name: 'Use this folder' }).click(); await page.getByText('slipway data export').waitFor(); } },
  { name: '11-data-exporting', scene: 'containers', hash: '#/troubleshoot', themes: ['dark'], act: async (page) => { await page.getByRole('button', { name: 'Export…' }).click(); await page.getByRole('button', { name: 'Use this folder' }).click(); await page.getByRole('button', { name: 'Export', exact: true }).click(); await page.getByRole('progressbar', { name: 'Writing the file…' }).waitFor(); } },
  { name: '11-data-import', scene: 'containers', hash: '#/troubleshoot', act: async (page) => { await page.getByRole('button', { name: 'Import…' }).click(); await page.getByRole('button', { name: 'Use this folder' }).click(); await page.getByText('before the fair').waitFor(); } },
  { name: '11-data-import-narrow', scene: 'containers', hash: '#/troubleshoot', viewport: narrow, locale: 'de-DE', themes: ['light'], act: async (page) => { await page.getByRole('button', { name: 'Importieren' }).click(); await page.getByRole('button', { name: 'Diesen Ordner nehmen' }).click(); await page.getByText('before the fair').waitFor(); } },
  { name: '10-settings-narrow', scene: 'containers', hash: '#/settings', viewport: { width: 720, height: 1400 }, themes: ['light'], locale: 'de-DE', act: (page) => page.getByText('registry.lan:5000').first().waitFor() },
  { name: '06-networks', scene: 'containers', hash: '#/networks', act: (page) => page.getByRole('button', { name: /^shop-\s*api-1/ }).click() },
  { name: '06-networks-list', scene: 'containers', hash: '#/networks/shop_backend', act: (page) => page.getByRole('button', { name: 'List' }).click() },
  { name: '06-networks-narrow', scene: 'containers', hash: '#/networks', viewport: narrow, act: (page) => row(page, 'shop_backend').waitFor() },
  {
    name: '06-networks-new',
    scene: 'containers',
    hash: '#/networks',
    act: async (page) => {
      await page.getByRole('button', { name: 'New network…' }).click();
      await page.getByLabel('Name', { exact: true }).fill('shop_cache');
      await page.getByLabel('Subnet', { exact: true }).fill('172.20.8.0/24');
      await page.getByLabel('Gateway').focus();
    },
  },
  {
    name: '06-networks-connect',
    scene: 'containers',
    hash: '#/networks/observability',
    act: async (page) => {
      await page.getByRole('button', { name: 'Connect…' }).click();
      await page.getByRole('textbox', { name: 'Address' }).fill('172.22.0.4');
    },
  },
  { name: '06-networks-remove', scene: 'containers', hash: '#/networks/shop_backend', act: (page) => page.getByRole('button', { name: 'Remove…' }).click() },
];
