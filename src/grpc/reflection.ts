// gRPC reflection from the generated descriptor set, for tools such as grpcurl. Off unless configured: it
// tells anyone who reaches the listener what can be called.
import { readFileSync } from 'node:fs';
import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import type { ServerExtension } from './server.ts';

const DESCRIPTOR_SET = new URL('./gen/postern.binpb', import.meta.url);

/** Reflection over the services that a server offers. */
export class Reflection implements ServerExtension {
  readonly #services: readonly string[];

  /** @param services Names without the package, e.g. `AuthorizationService`. */
  constructor(services: readonly string[]) {
    this.#services = services.map((name) => `postern.v1.${name}`);
  }

  addTo(server: Server): void {
    const definitions = loadFileDescriptorSetFromBuffer(readFileSync(DESCRIPTOR_SET));
    new ReflectionService(definitions, { services: [...this.#services] }).addToServer(server);
  }
}
