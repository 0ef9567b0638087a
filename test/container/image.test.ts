/**
 * The Dockerfile's stages, run in clean directories, and the process they end in, started with the
 * manifest's arguments. No container engine runs here: see deploy/README.md for what that leaves open.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parseDockerfile } from '../support/container/dockerfile.ts';
import { expandEnvironment, readYaml, type StatefulSet } from '../support/container/manifest.ts';
import { type BuiltImage, listContext, runStages } from '../support/container/run-stages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Stands for the pod's address: loopback, yet apart from whatever uses the default address. */
const POD_IP = '127.77.0.1';
const MINUTE_MS = 60_000;

const set = readYaml<StatefulSet>(join(ROOT, 'deploy/kubernetes/statefulset.yaml'));
const pod = set.spec.template.spec;
const [sidecar] = pod.initContainers;
if (sidecar === undefined) throw new Error('The pod lacks its sidecar.');

let into: string;
let image: BuiltImage;
let server: ChildProcess | null = null;

/** A path of the container as a path of this machine. */
const inside = (path: string) => join(image.root, path);

/** A word of a command or of a file with the container's paths replaced. */
function place(text: string): string {
  return text.replace(/(?<![\w./-])\/(app|etc|run|var)(?=\/)/g, (path) => inside(path));
}

function commandEnvironment(): NodeJS.ProcessEnv {
  const environment = expandEnvironment(sidecar as NonNullable<typeof sidecar>, {
    ...image.environment,
    POD_IP,
  });
  const placed = Object.entries(environment).map(([name, value]) => [name, place(value)]);
  return { ...Object.fromEntries(placed), PATH: process.env['PATH'], TMPDIR: inside('/tmp') };
}

/** Mounts the manifest's volumes: empty directories, and the configuration. */
function mountVolumes(): void {
  for (const { mountPath } of sidecar?.volumeMounts ?? []) mkdirSync(inside(mountPath), { recursive: true });
  const settings = readFileSync(join(ROOT, 'deploy/kubernetes/postern.yaml'), 'utf8');
  writeFileSync(inside('/etc/postern/postern.yaml'), place(settings));
}

function healthCheck(): number | null {
  const [command = '', ...words] = image.healthCheck;
  const asked = words.map((word) => word.replace('127.0.0.1', POD_IP));
  return spawnSync(command, asked, { env: commandEnvironment() }).status;
}

async function statusOf(path: string): Promise<number> {
  const port = sidecar?.ports.find(({ name }) => name === 'ops')?.containerPort;
  return (await fetch(`http://${POD_IP}:${port}${path}`)).status;
}

beforeAll(() => {
  into = mkdtempSync(join(tmpdir(), 'pc-'));
  const stages = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  image = runStages(stages, { context: { root: ROOT, files: listContext(ROOT) }, into });
  mountVolumes();
}, 5 * MINUTE_MS);

afterAll(() => {
  server?.kill('SIGKILL');
  rmSync(into, { recursive: true, force: true });
});

test('the image holds what runs and nothing to build with', () => {
  expect(existsSync(inside('/app/dist/main.js'))).toBe(true);
  expect(existsSync(inside('/app/policies/bundle/policy.wasm'))).toBe(true);
  expect(globSync('{dist,bin,policies}/**/*.ts', { cwd: inside('/app') })).toEqual([]);
  expect(globSync('**/*.test.*', { cwd: inside('/app/dist') })).toEqual([]);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const foreign = Object.keys({ ...manifest.devDependencies, ...manifest.optionalDependencies });
  expect(foreign.filter((name) => existsSync(inside(`/app/node_modules/${name}`)))).toEqual([]);
  expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test(
  'with the arguments of the manifest it gets ready, answers its probes and stops on SIGTERM',
  async () => {
    const [command = '', ...words] = [...image.entrypoint, ...(sidecar.args ?? [])].map(place);
    const child = spawn(command, words, {
      cwd: inside(image.workingDirectory),
      env: commandEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = child;
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const ready = async () => expect(await statusOf('/readyz'), log).toBe(200);
    await vi.waitFor(ready, { timeout: 30_000, interval: 100 }).catch((cause) => {
      throw new Error(`It did not get ready:\n${log}`, { cause });
    });
    expect(await statusOf('/healthz')).toBe(200);
    expect(healthCheck()).toBe(0);
    expect(statSync(inside('/run/postern/decision.sock')).isSocket()).toBe(true);
    const admin = statSync(inside('/run/postern-admin/admin.sock'));
    expect(admin.isSocket()).toBe(true);
    expect(admin.mode & 0o777).toBe(0o600);
    expect(statSync(inside('/var/lib/postern/data')).mode & 0o777).toBe(0o700);
    child.kill('SIGTERM');
    expect(await ended, log).toBe(0);
    expect(healthCheck()).toBe(1);
    expect(globSync('app/**/*.{db,log,sock}', { cwd: image.root })).toEqual([]);
  },
  MINUTE_MS,
);

test('the default command starts the same program', () => {
  const [command = '', ...words] = [...image.entrypoint, ...image.command].map(place);
  const run = spawnSync(command, [...words, '--check-config'], {
    env: commandEnvironment(),
    encoding: 'utf8',
  });
  expect(run.status, run.stderr).toBe(0);
});
