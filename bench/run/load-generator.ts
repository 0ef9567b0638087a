// One load generator with its prepared calls: a process of its own for each workload, so that the code that
// reads answers is compiled for one protocol only. It waits, and burns nothing, while others run.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromDriver, LoadJob, LoadResult, ToDriver, Workload } from '../driver/job.ts';

const PROGRAM = fileURLToPath(new URL('../driver/driver-process.ts', import.meta.url));

export class LoadGenerator {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when its calls are prepared. */
  static async start(workload: Workload): Promise<LoadGenerator> {
    const generator = new LoadGenerator(fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
    await generator.#ask({ kind: 'prepare', workload });
    return generator;
  }

  /** Rejects when the server was lost, and when anything was answered wrongly. */
  async run(job: LoadJob): Promise<LoadResult> {
    const reply = await this.#ask({ kind: 'run', job });
    if (reply.kind !== 'result') throw new Error('the load generator answered something else');
    return reply.result;
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  #ask(message: ToDriver): Promise<FromDriver> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
      child.once('exit', onExit);
      child.once('message', (reply: FromDriver) => {
        child.off('exit', onExit);
        if (reply.kind === 'failed') reject(new Error(reply.problem));
        else resolve(reply);
      });
      child.send(message);
    });
  }
}
