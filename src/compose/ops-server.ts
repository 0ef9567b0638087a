// Probes and metrics over HTTP. Live means that every thread turns its loop, and nothing else: a restart
// does not free a full disk. Ready is a policy, a writable ledger and a believed clock.
import { monoUs } from '../ops/clock.ts';
import { openOpsHttp } from '../ops/http.ts';
import type { MetricsSources } from '../ops/metrics.ts';
import { type Beat, Progress } from '../ops/progress.ts';
import { notReadyBecause, type SidecarParts } from './sidecar-parts.ts';
import type { Teardown } from './teardown.ts';

/** Longest pause of a thread's loop that is still life: far above any garbage collection or fsync. */
const STALL_MS_MAX = 15_000;

function beats(parts: SidecarParts): readonly Beat[] {
  const evaluators = parts.pool
    .seats()
    .filter((seat) => seat.state === 'serving')
    .map(({ number }) => ({
      thread: `evaluator ${number}`,
      beats: parts.control.evaluatorHeartbeat(number),
    }));
  return [{ thread: 'ledger', beats: parts.control.ledgerHeartbeat() }, ...evaluators];
}

/** Where the metrics read what they do not count. */
export function metricsSources(parts: () => SidecarParts): MetricsSources {
  return {
    ledgerWritable: () => parts().control.writable(),
    logSize: () => parts().control.logSize(),
    indexed: () => parts().reader.indexed(),
    clockJumpPending: () => parts().control.jumpPending(),
    ready: () => notReadyBecause(parts()).length === 0,
    policyGeneration: () => parts().policies.status().generation,
    policyAgeSeconds: () => {
      const { activatedAtUs } = parts().policies.status();
      return activatedAtUs === 0 ? 0 : (parts().control.nowUs(monoUs()) - activatedAtUs) / 1_000_000;
    },
    evaluatorsServing: () =>
      parts()
        .pool.seats()
        .filter((seat) => seat.state === 'serving').length,
  };
}

/** Opens the HTTP side; `host:port`, or null when it is off. */
export async function openOps(parts: SidecarParts, teardown: Teardown): Promise<string | null> {
  const { address } = parts.config.listeners.ops;
  if (address === null) return null;
  const progress = new Progress(STALL_MS_MAX);
  const http = await openOpsHttp({
    host: address.host,
    port: address.port,
    live: () => progress.stalled(beats(parts), monoUs()).map((thread) => `${thread} does not move`),
    ready: () => notReadyBecause(parts),
    metrics: () => parts.metrics.exposition(),
  });
  teardown.add(() => http.close());
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${http.port}`;
}
