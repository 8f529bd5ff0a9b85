import { expect, launcherOf, test } from '../fixtures/app.ts';
import { ContainersPage } from '../pages/containers-page.ts';
import { DetailsPage } from '../pages/details-page.ts';
import { SlipwayWindow } from '../pages/slipway-window.ts';

/** The whole chain, in the VM: what a person sees and does first. Each step stands on the one before. */
test.describe('from the first start to a container and back', () => {
  test.describe.configure({ mode: 'serial' });

  test.beforeEach(({}, { project }) => {
    const reason = launcherOf(project.name).unavailable();
    test.skip(reason !== undefined, reason);
  });

  test('the start-up screen shows each phase with its time, then the engine runs', async ({ vmApp: { page }, shoot }) => {
    const window = new SlipwayWindow(page);
    await expect(window.launching).toBeVisible();
    for (const phase of ['Checks', 'Disk', 'QEMU', 'Kernel', 'Root', 'Engine']) await expect(page.getByText(phase, { exact: true }).first()).toBeVisible();
    await shoot(page, '01-startup');
    await expect(window.engineState).toContainText('Engine running', { timeout: 90_000 });
    await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
    await window.goTo('Containers');
    await expect(new ContainersPage(page).empty).toBeVisible();
    await shoot(page, '08-empty');
  });

  test('the built-in image runs without a network and answers on its port', async ({ vmApp: { page }, shoot }) => {
    const containers = new ContainersPage(page);
    await containers.runHello();
    const row = containers.row('hello');
    await expect(row).toContainText('Running');
    await expect(row.getByRole('link', { name: /8080/ })).toBeVisible();
    await expect(async () => {
      const answer = await fetch('http://127.0.0.1:8080/');
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain('It runs.');
    }).toPass();
    await expect(new SlipwayWindow(page).strip).toContainText('docker run --detach --name hello --publish 8080:80 slipway/hello');
    await shoot(page, '02-containers-one');
  });

  test('its log flows', async ({ vmApp: { page }, shoot }) => {
    const details = new DetailsPage(page);
    await new ContainersPage(page).open('hello');
    await expect(details.overview).toContainText('8080');
    await shoot(page, '03-overview');
    await details.tab('Logs');
    await expect(details.logLines).toContainText(/hello|Slipway/i);
    await shoot(page, '03-container-logs');
  });

  test('its terminal answers', async ({ vmApp: { page }, docker, shoot }) => {
    const details = new DetailsPage(page);
    await details.tab('Terminal');
    await expect(details.screen).toContainText(/[#$]/);
    await details.type('echo "$((40 + 2)) from $(hostname)"');
    const hostname = await docker.text('inspect', '--format', '{{.Config.Hostname}}', 'hello');
    await expect(details.screen).toContainText(`42 from ${hostname}`);
    await shoot(page, '09-terminal');
  });

  test('what the docker CLI does shows in the window without a reload', async ({ vmApp: { page }, docker, shoot }) => {
    const window = new SlipwayWindow(page);
    const containers = new ContainersPage(page);
    await window.goTo('Containers');
    await docker.run(['run', '-d', '--name', 'from-cli', '--label', 'com.docker.compose.project=shop', 'slipway/hello']);
    await expect(containers.row('from-cli')).toContainText('Running', { timeout: 1_000 });
    await docker.run(['run', '--name', 'ended', 'slipway/hello', 'sh', '-c', 'echo bye; exit 3'], { mayFail: true });
    await expect(containers.row('ended')).toContainText('Exited 3');
    await shoot(page, '02-containers');
    await docker.run(['rm', '-f', 'from-cli', 'ended']);
    await expect(containers.row('from-cli')).toHaveCount(0);
  });

  test('the docker CLI works as with any engine', async ({ docker }) => {
    expect(await docker.text('run', '--rm', 'slipway/hello', 'echo', 'hi')).toBe('hi');
    const shell = await docker.withTerminal(['run', '--rm', '-it', 'slipway/hello', 'sh'], 'tty && exit 7\n');
    expect(shell.stdout).toContain('/dev/pts/0');
    expect(shell.exitCode).toBe(7);
    expect(await docker.text('exec', 'hello', 'cat', '/proc/1/cgroup')).toMatch(/^0::/);
    const limited = await docker.text('run', '--rm', '-m', '64m', '--cpus', '0.5', '--pids-limit', '50', 'slipway/hello', 'sh', '-c', 'cd /sys/fs/cgroup; cat memory.max cpu.max pids.max');
    expect(limited.split('\n')).toEqual(['67108864', '50000 100000', '50']);
    const logs = docker.follow('logs', '-f', 'hello');
    await logs.until(/\S/);
    await logs.stop();
    const events = docker.follow('events', '--filter', 'type=container');
    const name = 'seen';
    await expect(async () => {
      await docker.run(['run', '--rm', '--name', name, 'slipway/hello', 'true']);
      expect(events.output()).toContain(`name=${name}`);
    }).toPass();
    await events.stop();
    expect(events.output()).toMatch(/container create .*\n(.*\n)*.*container start .*\n(.*\n)*.*container die .*exitCode=0/);
  });

  test('a folder that is not shared is refused with a reason, a volume keeps data', async ({ docker }) => {
    const refused = await docker.run(['run', '--rm', '-v', '/etc:/data', 'slipway/hello', 'true'], { mayFail: true });
    expect(refused.exitCode).toBe(125);
    expect(refused.stderr).toContain('it is not shared with containers. Add it, or a folder around it, to the shared folders');
    await docker.run(['run', '--rm', '-v', 'kept:/data', 'slipway/hello', 'sh', '-c', 'echo 1 > /data/x']);
    expect(await docker.text('run', '--rm', '-v', 'kept:/data', 'slipway/hello', 'cat', '/data/x')).toBe('1');
  });

  test('from inside a container nothing of the host is reachable', async ({ docker }) => {
    const privileged = ['run', '--rm', '--privileged', 'slipway/hello', 'sh', '-c'];
    // 10.0.2.2 is the host's loopback as QEMU's user network shows it; 8080 is published there and must not answer either.
    const result = await docker.run([...privileged, 'wget -q -T 3 -O - http://10.0.2.2:8080/ && echo reached'], { mayFail: true });
    expect(result.stdout).not.toContain('reached');
  });

  test('an engine that is killed comes back and finds its containers', async ({ vmApp: { page }, docker }) => {
    const before = await docker.text('inspect', '--format', '{{.State.Pid}} {{.State.StartedAt}}', 'hello');
    const window = new SlipwayWindow(page);
    // A privileged container in the VM's own pid namespace gets at the engine's process; the killed engine cannot tell how it ended.
    const inVm = ['run', '--rm', '--privileged', '--pid', 'host', 'slipway/hello', 'sh', '-c'];
    const engines = [...inVm, 'for p in /proc/[0-9]*; do grep -q "[/]start-engine[.]cjs" $p/cmdline 2>/dev/null && echo ${p##*/}; done; true'];
    const killed = await docker.text(...engines);
    expect(killed).toMatch(/^\d+$/);
    await docker.run([...inVm, `kill -9 ${killed}`], { mayFail: true });
    await expect(async () => expect(await docker.text('inspect', '--format', '{{.State.Pid}} {{.State.StartedAt}}', 'hello')).toBe(before)).toPass({ timeout: 60_000 });
    expect(await docker.text(...engines)).not.toBe(killed);
    // The container that did it was cut off in its own start: it is there, created.
    await docker.run(['container', 'prune', '--force']);
    await expect(window.engineState).toContainText('Engine running', { timeout: 30_000 });
    expect((await fetch('http://127.0.0.1:8080/')).status).toBe(200);
  });

  test('stop and remove, and the port is free again', async ({ vmApp: { page }, shoot }) => {
    const containers = new ContainersPage(page);
    await containers.act('Stop', 'hello');
    await expect(containers.row('hello')).toContainText(/Exited/);
    await expect(fetch('http://127.0.0.1:8080/')).rejects.toThrow();
    await containers.remove('hello');
    await expect(containers.empty).toBeVisible();
    await new SlipwayWindow(page).goTo('Images');
    await expect(page.getByText('slipway/hello').first()).toBeVisible();
    await shoot(page, '05-images');
  });
});
