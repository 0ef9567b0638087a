/**
 * Compiles a directory of Rego and data into a bundle in memory. The same sources give the same
 * bytes wherever they lie. Never with `-O`: an optimised build has changed a decision before.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BundleManifest,
  type BundleResult,
  contentDigest,
  ENTRYPOINT,
  formatManifest,
  openBundle,
} from '../bundle.ts';
import { readBundleArchive } from '../bundle-archive.ts';
import { problemsInCapabilities } from './check-capabilities.ts';
import { problemsInData } from './check-data.ts';
import { problemsInRego } from './check-rego.ts';
import { readsOfInput } from './input-reads.ts';
import { findOpa, type OpaBinary } from './opa-binary.ts';
import { problemsFromOpa } from './opa-problems.ts';
import { type PolicySources, readPolicySources } from './policy-sources.ts';
import { runOpa } from './run-opa.ts';
import { STAGE, withStage } from './staged-sources.ts';

export interface CompileOptions {
  /** Default: whatever findOpa finds. */
  readonly opa?: OpaBinary;
}

/** Compiles a directory. Throws OpaUnavailable without a compiler; what is wrong with the policy is in the result. */
export async function compilePolicies(
  directory: string,
  options: CompileOptions = {},
): Promise<BundleResult> {
  const [sources, opa] = await Promise.all([readPolicySources(directory), options.opa ?? findOpa()]);
  return compileSources(sources, opa);
}

/** Compiles sources that were read already. */
export async function compileSources(sources: PolicySources, opa: OpaBinary): Promise<BundleResult> {
  const refused = [...sources.problems, ...problemsInCapabilities(sources)];
  if (refused.length > 0) return { ok: false, problems: refused };
  return withStage(sources.files, async (stage) => {
    const [built, dataProblems, reads] = await Promise.all([
      build(stage, opa),
      problemsInData(stage, sources, opa),
      readsOfInput(sources, opa, stage),
    ]);
    if (built.status !== 0) {
      // Only `opa check` gives every problem with its place; the build stops at the first file.
      const inRego = await problemsInRego(stage, sources, opa, { strict: false });
      const problems = [...inRego, ...dataProblems];
      return { ok: false, problems: problems.length > 0 ? problems : problemsFromOpa(built) };
    }
    if (dataProblems.length > 0) return { ok: false, problems: dataProblems };
    const archive = await readFile(join(stage, STAGE.output));
    return assemble(archive, { revision: sources.revision, reads }, opa);
  });
}

function build(stage: string, opa: OpaBinary) {
  const target = ['--target', 'wasm', '--entrypoint', ENTRYPOINT, '--output', STAGE.output];
  const args = ['build', ...target, '--capabilities', STAGE.capabilities, '--bundle', STAGE.main];
  return runOpa(opa.path, args, { cwd: stage });
}

function assemble(
  archive: Uint8Array,
  { revision, reads }: Pick<BundleManifest, 'revision' | 'reads'>,
  opa: OpaBinary,
): Promise<BundleResult> {
  const { wasm, dataJson } = readBundleArchive(archive);
  const builtWith = `opa ${opa.version}`;
  const digest = contentDigest({ wasm, dataJson });
  const manifest: BundleManifest = {
    revision,
    roots: [''],
    entrypoints: [ENTRYPOINT],
    builtWith,
    digest,
    reads,
    metadata: {
      postern: { built_with: builtWith, digest, ...(reads === null ? {} : { reads: [...reads] }) },
    },
  };
  return openBundle({ wasm, dataJson, manifest: Buffer.from(formatManifest(manifest)) });
}
