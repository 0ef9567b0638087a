// grpc.health.v1 for whoever asks whether this listener answers: the empty name stands for all of it. Its
// messages are one field each, and are read and written here: the library for it compiles a .proto file
// in each thread, which costs more memory than the rest of a listener.
import type { Server, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js';
import { PosternError } from '../core/error.ts';
import { rawMethod } from './raw-service.ts';
import type { ServerExtension } from './server.ts';
import { callStatusOf } from './status.ts';
import { WIRE_BYTES, WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

const SERVICE = 'grpc.health.v1.Health';
/** Of `HealthCheckResponse.ServingStatus`. */
const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;
/** Tag of `HealthCheckRequest.service`. */
const SERVICE_TAG = (1 << 3) | WIRE_BYTES;

type WatchCall = ServerWritableStream<Buffer, Buffer>;

/** @throws PosternError request_malformed. */
function requestedService(encoded: Buffer): string {
  const reader = new WireReader(encoded);
  const end = reader.length;
  let service = '';
  try {
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === SERVICE_TAG) service = reader.text(end);
      else reader.skip(tag & 7, end);
    }
  } catch (cause) {
    throw new PosternError('request_malformed', 'The message is not a HealthCheckRequest.', { cause });
  }
  return service;
}

function statusMessage(serving: number): Buffer {
  const writer = new WireWriter();
  writer.whole(1, serving);
  return writer.finish();
}

/** A map is a list of pairs: field 1 the name, field 2 the message. */
function listMessage(services: readonly string[], serving: number): Buffer {
  const status = statusMessage(serving);
  const writer = new WireWriter();
  for (const name of services.toReversed()) {
    const mark = writer.mark;
    writer.bytes(2, status);
    writer.text(1, name);
    writer.close(1, mark);
  }
  return writer.finish();
}

const pathOf = (method: string) => `/${SERVICE}/${method}`;

/** The health service of one server. It begins as not serving. */
export class Health implements ServerExtension {
  readonly #services: readonly string[];
  readonly #watches = new Set<WatchCall>();
  #serving = NOT_SERVING;

  /** @param services Names without the package, e.g. `AuthorizationService`. */
  constructor(services: readonly string[]) {
    this.#services = ['', ...services.map((name) => `postern.v1.${name}`)];
  }

  addTo(server: Server): void {
    const definition = {
      Check: rawMethod(pathOf('Check'), false, false),
      Watch: rawMethod(pathOf('Watch'), false, true),
      List: rawMethod(pathOf('List'), false, false),
    };
    server.addService(definition, {
      Check: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
        this.#check(call.request, answer),
      Watch: (call: WatchCall) => this.#watch(call),
      List: (_call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) =>
        answer(null, listMessage(this.#services, this.#serving)),
    });
  }

  /** Says the same of every service: they live and end together. Watchers hear of changes. */
  setServing(isServing: boolean): void {
    const serving = isServing ? SERVING : NOT_SERVING;
    if (serving === this.#serving) return;
    this.#serving = serving;
    for (const call of this.#watches) this.#tell(call);
  }

  #check(encoded: Buffer, answer: sendUnaryData<Buffer>): void {
    try {
      const service = requestedService(encoded);
      if (this.#services.includes(service)) answer(null, statusMessage(this.#serving));
      else throw new PosternError('not_found', 'The health of this service is not known.');
    } catch (error) {
      answer(callStatusOf(error, () => undefined));
    }
  }

  /**
   * It needs no bound or end of its own: a watch counts among the streams of the server, is told to end when its
   * connection drains (for its age, at the latest), and goes with a connection whose peer is gone, which the
   * keepalive finds out. However it ends, grpc-js says `cancelled`.
   */
  #watch(call: WatchCall): void {
    try {
      const service = requestedService(call.request);
      // The stream stays open, as the protocol wants it, though this service will never be known.
      if (!this.#services.includes(service)) return void call.write(statusMessage(SERVICE_UNKNOWN));
    } catch (error) {
      call.emit(
        'error',
        callStatusOf(error, () => undefined),
      );
      return;
    }
    this.#watches.add(call);
    call.once('cancelled', () => this.#watches.delete(call));
    this.#tell(call);
  }

  /** A watcher that does not read is told once it does: the status of then. */
  #tell(call: WatchCall): void {
    if (call.cancelled) return;
    if (call.writableNeedDrain) {
      if (call.listenerCount('drain') === 0) call.once('drain', () => this.#tell(call));
    } else call.write(statusMessage(this.#serving));
  }
}
