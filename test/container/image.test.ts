/**
 * The Dockerfile's stages, run in clean directories, and the process they end in, started with the
 * manifest's arguments. No container engine runs here: see deploy/README.md for what that leaves open.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
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
  if (text === 'node') return inside('/usr/local/bin/node');
  return text.replace(/(?<![\w./-])\/(app|etc|run|var)(?=\/)/g, (path) => inside(path));
}

function commandEnvironment(): NodeJS.ProcessEnv {
  const environment = expandEnvironment(sidecar as NonNullable<typeof sidecar>, {
    ...image.environment,
    POD_IP,
  });
  const placed = Object.entries(environment).map(([name, value]) => [name, place(value)]);
  return { ...Object.fromEntries(placed), PATH: inside('/usr/local/bin'), TMPDIR: inside('/tmp') };
}

/** Mounts the manifest's volumes, open to all as Kubernetes makes an emptyDir, and the configuration. */
function mountVolumes(): void {
  for (const { mountPath } of sidecar?.volumeMounts ?? []) {
    mkdirSync(inside(mountPath), { recursive: true });
    chmodSync(inside(mountPath), 0o2777);
  }
  const settings = readFileSync(join(ROOT, 'deploy/kubernetes/postern.yaml'), 'utf8');
  writeFileSync(inside('/etc/postern/postern.yaml'), place(settings));
}

/**
 * The image's user, where the tests may become it (as root, in CI): then the program itself and all of
 * the root but the volumes are read-only for it.
 */
function asImageUser(): { readonly uid?: number; readonly gid?: number } {
  const [uid, gid] = image.user.split(':').map(Number);
  if (process.getuid?.() !== 0 || uid === undefined || gid === undefined) return {};
  return { uid, gid };
}

function healthCheck(): number | null {
  const [command = '', ...words] = image.healthCheck.map(place);
  const asked = words.map((word) => word.replace('127.0.0.1', POD_IP));
  return spawnSync(command, asked, { ...asImageUser(), env: commandEnvironment() }).status;
}

async function statusOf(path: string): Promise<number> {
  const port = sidecar?.ports.find(({ name }) => name === 'ops')?.containerPort;
  return (await fetch(`http://${POD_IP}:${port}${path}`)).status;
}

beforeAll(() => {
  into = mkdtempSync(join(tmpdir(), 'pc-'));
  chmodSync(into, 0o755);
  const stages = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  image = runStages(stages, { context: { root: ROOT, files: listContext(ROOT) }, into });
  mountVolumes();
  // The base image brings it; here it is this machine's, where the image's user may reach it.
  mkdirSync(inside('/usr/local/bin'), { recursive: true });
  cpSync(process.execPath, inside('/usr/local/bin/node'));
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
  const development = Object.keys({ ...manifest.devDependencies, ...manifest.optionalDependencies });
  // The types of Node are a run-time dependency of protobufjs.
  const foreign = development.filter((name) => name !== '@types/node');
  expect(foreign.filter((name) => existsSync(inside(`/app/node_modules/${name}`)))).toEqual([]);
  expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
});

test(
  'with the arguments of the manifest it gets ready, answers its probes and stops on SIGTERM',
  async () => {
    const [command = '', ...words] = [...image.entrypoint, ...(sidecar.args ?? [])].map(place);
    const child = spawn(command, words, {
      cwd: inside(image.workingDirectory),
      ...asImageUser(),
      env: commandEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    server = child;
    let log = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const ready = async () => expect(await statusOf('/readyz'), log).toBe(200);
    const early = ended.then((code) => Promise.reject(new Error(`It ended with ${code}:\n${log}`)));
    await Promise.race([vi.waitFor(ready, { timeout: 30_000, interval: 100 }), early]);
    expect(await statusOf('/healthz')).toBe(200);
    expect(healthCheck()).toBe(0);
    const listed = spawnSync(command, [...words.slice(0, 1), 'companies', 'list', '--json'], {
      ...asImageUser(),
      env: commandEnvironment(),
      encoding: 'utf8',
    });
    expect(listed.status, listed.stderr).toBe(0);
    expect(statSync(inside('/run/postern/decision.sock')).isSocket()).toBe(true);
    const admin = statSync(inside('/run/postern-admin/private/admin/postern.sock'));
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
    ...asImageUser(),
    env: commandEnvironment(),
    encoding: 'utf8',
  });
  expect(run.status, run.stderr).toBe(0);
});
