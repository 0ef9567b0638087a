/**
 * Runs the commands of a Dockerfile's stages in clean directories, one for each stage, as far as that
 * goes without a container engine: the base image is this machine, users and ownership are not applied.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, matchesGlob } from 'node:path';
import type { Stage } from './dockerfile.ts';

export interface BuiltImage {
  /** Directory that stands for the image's root. */
  readonly root: string;
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly healthCheck: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface Build {
  /** Files that the context holds, relative to its root. */
  readonly context: { readonly root: string; readonly files: readonly string[] };
  /** Empty directory that takes the stages. */
  readonly into: string;
}

/** The files of the repository that reach a builder: git's, without what .dockerignore names. */
export function listContext(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const patterns = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const isSent = (path: string): boolean => {
    let sent = true;
    for (const pattern of patterns) {
      const glob = pattern.replace(/^!/, '');
      if (matchesGlob(path, glob) || matchesGlob(path, `${glob}/**`)) sent = pattern.startsWith('!');
    }
    return sent;
  };
  return listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)) && isSent(path));
}

/** Where the machine's own commands are looked up; no project's node_modules is among them. */
const BASE_PATH = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');

/** What the machine needs to reach its registry, without what npm and the test runner add. */
function machineEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/i.test(name));
  return Object.fromEntries(kept);
}

class StageRun {
  readonly environment: Record<string, string> = {};
  workingDirectory = '/';
  user = 'root';
  healthCheck: readonly string[] = [];
  entrypoint: readonly string[] = [];
  command: readonly string[] = [];
  readonly #build: Build;
  readonly root: string;

  constructor(build: Build, name: string) {
    this.#build = build;
    this.root = join(build.into, name);
    mkdirSync(this.root);
  }

  apply(keyword: string, rest: string): void {
    switch (keyword) {
      case 'WORKDIR':
        this.workingDirectory = rest;
        mkdirSync(join(this.root, rest), { recursive: true });
        return;
      case 'COPY':
        this.#copy(rest.split(/\s+/));
        return;
      case 'RUN':
        this.#run(rest);
        return;
      case 'ENV':
        this.environment[rest.slice(0, rest.indexOf('='))] = rest.slice(rest.indexOf('=') + 1);
        return;
      case 'USER':
        this.user = rest;
        return;
      case 'HEALTHCHECK':
        this.healthCheck = JSON.parse(rest.slice(rest.indexOf('[')));
        return;
      case 'ENTRYPOINT':
        this.entrypoint = JSON.parse(rest);
        return;
      case 'CMD':
        this.command = JSON.parse(rest);
        return;
    }
  }

  #run(command: string): void {
    const run = spawnSync('sh', ['-c', command], {
      cwd: join(this.root, this.workingDirectory),
      env: { ...machineEnvironment(), ...this.environment, PATH: BASE_PATH, CI: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`${command}: exit ${run.status}\n${run.stdout}${run.stderr}`);
  }

  #copy(words: readonly string[]): void {
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const paths = words.filter((word) => !word.startsWith('--'));
    const target = paths.at(-1) ?? '';
    const place = join(this.root, target.startsWith('/') ? target : join(this.workingDirectory, target));
    for (const source of paths.slice(0, -1)) {
      if (from === undefined) this.#copyFromContext(source, place, target.endsWith('/'));
      else cpSync(join(this.#build.into, from, source), place, { recursive: true, verbatimSymlinks: true });
    }
  }

  #copyFromContext(source: string, place: string, isDirectory: boolean): void {
    const { root, files } = this.#build.context;
    const chosen = files.filter((path) => path === source || path.startsWith(`${source}/`));
    if (chosen.length === 0) throw new Error(`${source} does not reach the builder`);
    for (const path of chosen) {
      const isFile = path === source;
      const inside = isFile ? (isDirectory ? basename(path) : '') : path.slice(source.length + 1);
      mkdirSync(dirname(join(place, inside)), { recursive: true });
      cpSync(join(root, path), join(place, inside));
    }
  }
}

/** Runs all stages in their order and returns the last one. */
export function runStages(stages: readonly Stage[], build: Build): BuiltImage {
  const runs = stages.map(({ name, instructions }) => {
    const run = new StageRun(build, name);
    for (const { keyword, rest } of instructions) run.apply(keyword, rest);
    return run;
  });
  const last = runs.at(-1);
  if (last === undefined) throw new Error('There is no stage.');
  return last;
}
