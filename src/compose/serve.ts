// `postern serve`: a sidecar that runs until a signal tells it to stop. The same signal may come twice (from
// the terminal and from npm); the second changes nothing.
import type { ServeOptions } from '../cli/ports.ts';
import { loadConfig } from '../config.ts';
import { PosternError } from '../core/error.ts';
import { Log, standardOutputSink } from '../ops/log.ts';
import { startSidecar } from './sidecar.ts';

/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Databases hold who called when and key hashes: nobody but their owner, also in a directory open to others. */
const PRIVATE_UMASK = 0o077;

/** Serves until it is told to stop. Rejects when it cannot start. */
export async function serve(options: ServeOptions, version: string): Promise<number> {
  const config = loadConfig({ ...options, env: process.env, workingDirectory: process.cwd() });
  process.umask(PRIVATE_UMASK);
  const sink = standardOutputSink();
  const log = new Log({ level: config.log.level, sink });
  const ended = Promise.withResolvers<number>();
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    log.write('info', 'stopping', { signal });
    isStopping = true;
    ended.resolve(0);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const starting = startSidecar({
      config,
      version,
      log,
      onFatal: (problem) => {
        log.write('error', 'fatal', { problem });
        ended.resolve(1);
      },
    });
    const sidecar = await starting.catch((error: unknown) => {
      // The line to alarm on is the same, whether damage is found at a start or later.
      if (error instanceof PosternError && error.code === 'storage_damaged')
        log.write('error', 'ledger_damaged', { problem: error.message });
      throw error;
    });
    log.write('info', 'ready', { addresses: sidecar.decisionAddresses, version });
    // A stop that came while it started leaves nobody to greet: the sockets close below.
    const ready = isStopping
      ? Promise.resolve()
      : options
          .onReady({ ...sidecar, dataDirectory: config.data.directory, sample: config.sample })
          .catch((error: unknown) => log.failure('greeting_failed', error));
    const code = await ended.promise;
    await Promise.all([sidecar.stop(), ready]);
    log.write('info', 'stopped', { code });
    return code;
  } finally {
    await sink.end();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
