import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs the docker CLI on an engine's socket. @throws Error with what it said when it fails */
export async function docker(socket: string, ...args: string[]): Promise<string> {
  const environment: NodeJS.ProcessEnv = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CLI_HINTS: 'false' };
  delete environment.DOCKER_CONTEXT;
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`docker ${args.join(' ')}: exit code ${code}: ${complaint.trim()}`);
  return said.trim();
}
