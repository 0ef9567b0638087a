/**
 * Derives policies/capabilities.json: what OPA offers ∩ what a compiled module has inside itself ∖
 * what is banned. Nothing is taken from a list of somebody's: each builtin is called once in a
 * probe, the probe is compiled, and the module tells which of them it would need from its host.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { readBundleArchive } from '../bundle-archive.ts';
import { hostBuiltins, importsFor, opaFunctions } from '../engine/opa-abi.ts';
import { compileShaped } from '../module-shape.ts';
import { webAssembly } from '../webassembly-api.ts';
import { banReason, SYNTAX_BUILTINS } from './builtin-rules.ts';
import type { OpaBinary } from './opa-binary.ts';
import { runOpa } from './run-opa.ts';

interface Builtin {
  readonly name: string;
  readonly decl: { readonly args?: readonly unknown[]; readonly result?: unknown };
}

/** The part of OPA's capabilities that we read; all else is carried along as it is. */
interface Capabilities {
  readonly builtins: readonly Builtin[];
  readonly features?: readonly string[];
}

/** OPA 1.x asks for it by this name to parse Rego v1; OPA 0.70 knows `rego_v1_import` and ignores it. */
const REGO_V1 = 'rego_v1';
/** OPA reports ten errors at a time; each round drops what does not compile. */
const ROUNDS_MAX = 60;
/** Milliseconds in which the compiled probe must have told what it needs. */
const TELL_MS_MAX = 5_000;
/** Of 64 KiB: 8 MiB to start with, for the constants of a probe of all builtins. */
const PROBE_PAGES = { initial: 128, maximum: 1_024 } as const;

/** Text of the capabilities file that belongs to this OPA release. */
export async function deriveCapabilities(opa: OpaBinary): Promise<string> {
  const offered = await currentCapabilities(opa);
  const native = await builtinsInside(
    opa,
    offered.builtins.filter((builtin) => !SYNTAX_BUILTINS.includes(builtin.name)),
  );
  const allowed = offered.builtins.filter(
    ({ name }) => SYNTAX_BUILTINS.includes(name) || (native.has(name) && banReason(name) === null),
  );
  const features = [...new Set([...(offered.features ?? []), REGO_V1])].sort();
  return `${JSON.stringify({ ...offered, builtins: allowed, features }, withoutProse, 2)}\n`;
}

/** OPA's descriptions of its builtins are for its own documentation. */
function withoutProse(member: string, value: unknown): unknown {
  return member === 'description' || member === 'categories' ? undefined : value;
}

async function currentCapabilities(opa: OpaBinary): Promise<Capabilities> {
  const run = await runOpa(opa.path, ['capabilities', '--current'], { cwd: tmpdir() });
  return JSON.parse(run.stdout) as Capabilities;
}

/** Names of those builtins that compile and that the compiled module does not ask its host for. */
export async function builtinsInside(
  opa: OpaBinary,
  builtins: readonly Builtin[],
): Promise<ReadonlySet<string>> {
  const directory = await mkdtemp(join(tmpdir(), 'postern-probe-'));
  try {
    let probed = builtins;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const failed = await compileProbe(opa, directory, probed);
      if (failed.size === 0) return await namesInside(directory, probed);
      // Deprecated builtins do not compile under Rego v1. They are not offered then.
      probed = probed.filter((_, place) => !failed.has(place));
    }
    throw new Error('The probe of the builtins does not compile.');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const PROBE_HEADER = ['package probe', 'import rego.v1'];

/** One rule a builtin, one line a rule. Returns the places of the rules that do not compile. */
async function compileProbe(
  opa: OpaBinary,
  directory: string,
  builtins: readonly Builtin[],
): Promise<ReadonlySet<number>> {
  const rules = builtins.map(({ name, decl }, place) => {
    const args = (decl.args ?? []).map((_, index) => `input.a${index}`).join(', ');
    const body = decl.result === undefined ? `${name}(${args})` : `_ = ${name}(${args})`;
    return `r contains ${place} if { ${body} }`;
  });
  await writeFile(join(directory, 'probe.rego'), `${[...PROBE_HEADER, ...rules].join('\n')}\n`);
  const args = ['build', '-t', 'wasm', '-e', 'probe/r', '-o', 'probe.tar.gz', 'probe.rego'];
  const run = await runOpa(opa.path, args, { cwd: directory });
  if (run.status === 0) return new Set();
  const told = `${run.stdout}\n${run.stderr}`;
  const lines = [...told.matchAll(/probe\.rego:(\d+)/g)].map((match) => Number(match[1]));
  if (lines.length === 0) throw new Error(`The probe of the builtins does not compile: ${told}`);
  return new Set(lines.map((line) => line - PROBE_HEADER.length - 1));
}

async function namesInside(directory: string, builtins: readonly Builtin[]): Promise<ReadonlySet<string>> {
  const files = readBundleArchive(await readFile(join(directory, 'probe.tar.gz')));
  const shaped = await compileShaped(new Uint8Array(files.wasm));
  if (!shaped.ok) throw new Error(shaped.problem);
  const needed = () => {
    const memory = new webAssembly.Memory(PROBE_PAGES);
    return hostBuiltins(opaFunctions(new webAssembly.Instance(shaped.module, importsFor(memory))), memory);
  };
  // Only there does a call have a time limit on the thread that makes it; the function is of this context.
  const told: ReturnType<typeof needed> = runInNewContext('needed()', { needed }, { timeout: TELL_MS_MAX });
  const fromHost = new Set(told);
  return new Set(builtins.map(({ name }) => name).filter((name) => !fromHost.has(name)));
}
