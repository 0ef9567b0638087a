// A sidecar for the demo: threads of this process over a temporary directory, stopped and started like any.
import { join } from 'node:path';
import type { TemporarySidecar, TemporarySidecarOptions } from '../cli/ports.ts';
import { loadConfig } from '../config.ts';
import { Log } from '../ops/log.ts';
import { startSidecar } from './sidecar.ts';

/** Starts it. Its sockets lie inside the data directory's parent, which the caller removes. */
export async function startTemporarySidecar(
  options: TemporarySidecarOptions,
  version: string,
): Promise<TemporarySidecar> {
  const settings: Record<string, string | number | boolean> = {
    'data.directory': options.dataDirectory,
    'policy.path': options.policyPath,
    'listeners.decision.socket': join(options.dataDirectory, 'run', 'decision.sock'),
    'listeners.decision.tcp': 'off',
    'listeners.admin.socket': join(options.dataDirectory, 'run', 'admin', 'admin.sock'),
    'listeners.ops.address': 'off',
    ...options.settings,
  };
  const config = loadConfig({
    file: null,
    env: {},
    overrides: Object.entries(settings).map(([path, value]) => ({ path, value, origin: 'demo' })),
    workingDirectory: process.cwd(),
  });
  const sidecar = await startSidecar({
    config,
    version,
    log: new Log({ level: 'silent', sink: { write: () => undefined } }),
    onFatal: () => undefined,
  });
  const address = sidecar.decisionAddresses[0] ?? '';
  return {
    address,
    admin: sidecar.admin,
    stop: () => sidecar.stop(),
    restart: async () => {
      await sidecar.stop();
      return startTemporarySidecar(options, version);
    },
  };
}
