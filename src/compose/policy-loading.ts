// From a path in the configuration to a candidate that evaluators can prepare. Nothing of its module runs
// here, and it is tried on a thread of its own before any evaluator sees it: one that never ends stops nobody.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PosternError } from '../core/error.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { CandidateLoad } from '../pdp/policy-control.ts';
import { contentDigest } from '../policy/bundle.ts';
import type { EngineLimits } from '../policy/engine/instance.ts';
import { parsePlans } from '../policy/engine/plans.ts';
import { compileModule } from '../policy/engine/prepare.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import { type CandidatePayload, tryCandidate } from './trial-host.ts';

export interface PolicyLoadingOptions {
  readonly path: string;
  readonly entry: URL;
  readonly limits: EngineLimits;
}

/** Loads what is at the path now, and tries it. Never rejects for what it finds there. */
export async function loadCandidate(options: PolicyLoadingOptions): Promise<CandidateLoad<CandidatePayload>> {
  const loaded = await loadPolicy(options.path).catch((error: unknown) => refusalOf(error));
  if (!loaded.ok) return { ok: false, revision: '', problems: loaded.problems };
  const { bundle } = loaded;
  const compiled = await compileModule(bundle.wasm);
  if (!compiled.ok) return { ok: false, revision: bundle.revision, problems: compiled.problems };
  const payload = { module: compiled.module, data: bundle.dataJson, reads: bundle.manifest.reads };
  const problems = await tryCandidate(
    { payload, revision: bundle.revision, limits: options.limits },
    // A sidecar that is told to stop does not wait for it; until then its other threads keep the process.
    { entry: options.entry, keepsProcess: false },
  );
  if (problems.length > 0) return { ok: false, revision: bundle.revision, problems };
  return {
    ok: true,
    candidate: {
      revision: bundle.revision,
      digest: contentDigest({ wasm: bundle.wasm, dataJson: new TextEncoder().encode(bundle.dataJson) }),
      source: resolve(options.path),
      trust: 'unsigned',
      plans: [...parsePlans(bundle.dataJson).keys()],
      payload,
    },
  };
}

/** What of this source is to be watched, or null when it cannot change. */
export function watchedPath(path: string): string | null {
  return existsSync(path) ? path : null;
}

function refusalOf(error: unknown): { readonly ok: false; readonly problems: readonly PolicyProblem[] } {
  if (!(error instanceof PosternError)) throw error;
  return { ok: false, problems: [{ file: '', line: 0, message: error.message }] };
}
