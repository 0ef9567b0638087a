/**
 * Loads a policy from wherever the configuration points: a built bundle (directory or `.tar.gz`),
 * or a directory of sources. Sources whose compiled bundle lies beside them and still fits are not
 * compiled again, so that a start needs no compiler until somebody edits a policy.
 */
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bundle, type BundleResult, ENTRYPOINT } from './bundle.ts';
import { loadBundleArchive, loadBundleDirectory } from './bundle-directory.ts';
import { compileSources } from './compiler/compile-policies.ts';
import { findOpa, type OpaBinary } from './compiler/opa-binary.ts';
import { readPolicySources } from './compiler/policy-sources.ts';
import { BUNDLE_DIRECTORY } from './source-tree.ts';

export interface LoadOptions {
  /** Default: findOpa, only when something must be compiled. */
  readonly opa?: () => Promise<OpaBinary>;
}

/** Loads the policy at a path. Throws OpaUnavailable when it must be compiled and cannot be. */
export async function loadPolicy(path: string, options: LoadOptions = {}): Promise<BundleResult> {
  const found = await stat(path).catch(() => null);
  if (found === null)
    return refuse(
      `There is no policy at ${path}: it must be a directory or archive with a bundle or Rego sources.`,
    );
  if (!found.isDirectory()) return loadBundleArchive(path);
  if (await exists(join(path, '.manifest'))) return loadBundleDirectory(path);

  const sources = await readPolicySources(path);
  // Before the bundle: it may have been built of what could be read, and lack the rest as well.
  if (sources.problems.length > 0) return { ok: false, problems: sources.problems };
  const built = await fittingBundle(join(path, BUNDLE_DIRECTORY), sources.revision);
  if (built !== null) return { ok: true, bundle: built };
  return compileSources(sources, await (options.opa ?? findOpa)());
}

/** The bundle beside the sources, when it was built from exactly them and is undamaged. */
async function fittingBundle(directory: string, revision: string): Promise<Bundle | null> {
  if (!(await exists(join(directory, '.manifest')))) return null;
  const result = await loadBundleDirectory(directory);
  const fits = result.ok && result.bundle.revision === revision && result.bundle.manifest.digest !== null;
  return fits && result.bundle.manifest.entrypoints.includes(ENTRYPOINT) ? result.bundle : null;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function refuse(message: string): BundleResult {
  return { ok: false, problems: [{ file: '', line: 0, message }] };
}
