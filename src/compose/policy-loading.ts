// From a path in the configuration to a candidate that evaluators can prepare. A candidate is tried on a
// thread of its own before any evaluator sees it: a policy that never ends must not stop one.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { PosternError } from '../core/error.ts';
import type { InputLeaf } from '../core/input-leaves.ts';
import type { PolicyProblem } from '../pdp/admin-port.ts';
import type { CandidateLoad } from '../pdp/policy-control.ts';
import { contentDigest } from '../policy/bundle.ts';
import type { EngineLimits } from '../policy/engine/instance.ts';
import { parsePlans } from '../policy/engine/plans.ts';
import { compileModule } from '../policy/engine/prepare.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import type { WasmModule } from '../policy/webassembly-api.ts';

/** What crosses to an evaluator. */
export interface CandidatePayload {
  readonly module: WasmModule;
  /** JSON text of the bundle's data. */
  readonly data: string;
  /** What the policy reads of its input; null when the bundle does not say. */
  readonly reads: readonly InputLeaf[] | null;
}

/** Milliseconds that a candidate may take to load and answer its self-tests. */
const TRIAL_MS_MAX = 5_000;

/** Handed to the thread that tries a candidate. */
export interface TrialStart {
  readonly role: 'trial';
  readonly payload: CandidatePayload;
  readonly revision: string;
  readonly limits: EngineLimits;
}

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
    { role: 'trial', payload, revision: bundle.revision, limits: options.limits },
    options.entry,
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

function tryCandidate(start: TrialStart, entry: URL): Promise<readonly PolicyProblem[]> {
  return new Promise((resolve) => {
    const worker = new Worker(entry, { workerData: start, resourceLimits: { maxOldGenerationSizeMb: 64 } });
    const end = (problems: readonly PolicyProblem[]) => {
      clearTimeout(timer);
      worker.removeAllListeners();
      worker.terminate().then(() => resolve(problems));
    };
    const refuse = (message: string) => end([{ file: 'policy.wasm', line: 0, message }]);
    const timer = setTimeout(
      () => refuse(`The self-tests did not end within ${TRIAL_MS_MAX} ms.`),
      TRIAL_MS_MAX,
    );
    worker.once('message', (problems: readonly PolicyProblem[]) => end(problems));
    worker.once('error', (error) => refuse(`The trial failed: ${error.message}`));
    worker.once('exit', () => refuse('The trial ended without an answer.'));
  });
}
