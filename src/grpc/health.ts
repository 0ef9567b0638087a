// grpc.health.v1 for whoever asks whether this listener answers: the empty name stands for all of it.
import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { ServerExtension } from './server.ts';

/** The health service of one server. It begins as not serving. */
export class Health implements ServerExtension {
  readonly #services: readonly string[];
  readonly #implementation: HealthImplementation;

  /** @param services Names without the package, e.g. `AuthorizationService`. */
  constructor(services: readonly string[]) {
    this.#services = ['', ...services.map((name) => `postern.v1.${name}`)];
    this.#implementation = new HealthImplementation(
      Object.fromEntries(this.#services.map((name) => [name, 'NOT_SERVING'])),
    );
  }

  addTo(server: Server): void {
    this.#implementation.addToServer(server);
  }

  /** Says the same of every service: they live and end together. */
  setServing(isServing: boolean): void {
    for (const name of this.#services) {
      this.#implementation.setStatus(name, isServing ? 'SERVING' : 'NOT_SERVING');
    }
  }
}
