// How the loops send calls, whatever the protocol: a ticket is taken, the call goes out, and the ticket comes
// back once with the number of right decisions, 0 when anything about the answer was wrong.
import { readStreamResults } from '../workload/postern-calls.ts';
import { ALLOW, type AnswerReader, DENY, type PreparedCall } from '../workload/prepared-call.ts';
import { callHeaders } from './header-block.ts';
import { Http1Link } from './http1-link.ts';
import { Http2Link } from './http2-link.ts';
import { type Address, type OpenSocket, openSocket } from './socket-input.ts';

export interface Transport {
  /** Sends a call; nothing leaves before `flush`. A ticket is in use until it comes back. */
  send(ticket: number, call: PreparedCall): void;
  flush(): void;
  close(): void;
}

export interface TransportEvents {
  readonly onDone: (ticket: number, rightDecisions: number) => void;
  readonly onLost: (problem: string) => void;
}

export interface TransportOptions {
  readonly address: Address;
  readonly connections: number;
  readonly read: AnswerReader;
}

function openSockets({ address, connections }: TransportOptions): Promise<OpenSocket[]> {
  return Promise.all(Array.from({ length: connections }, () => openSocket(address)));
}

interface Underway {
  call: PreparedCall | null;
  right: number;
}

/** Unary gRPC calls, spread over the connections by ticket. */
export async function openUnary(
  options: TransportOptions & { readonly method: string },
  events: TransportEvents,
): Promise<Transport> {
  const underway: Underway[] = [];
  const headers = callHeaders(options.method, 'localhost');
  const links = (await openSockets(options)).map(
    (socket) =>
      new Http2Link(socket, headers, {
        onLost: events.onLost,
        onMessage(ticket, bytes, start, end) {
          const one = underway[ticket];
          if (one?.call) one.right = options.read(one.call, bytes, start, end);
        },
        onEnd(ticket) {
          const one = underway[ticket];
          if (!one?.call) return;
          one.call = null;
          events.onDone(ticket, one.right);
        },
      }),
  );
  return {
    send(ticket, call) {
      underway[ticket] = { call, right: 0 };
      const link = links[ticket % links.length];
      link?.send(link.begin(ticket), call.bytes, true);
    },
    flush: () => links.forEach((link) => void link.flush()),
    close: () => links.forEach((link) => void link.close()),
  };
}

/** HTTP/1.1: one call at a time on each connection; further ones wait for a free connection. */
export async function openRest(options: TransportOptions, events: TransportEvents): Promise<Transport> {
  const waiting: { readonly ticket: number; readonly call: PreparedCall }[] = [];
  const free: number[] = [];
  const sockets = await openSockets(options);
  const underway: ({ readonly ticket: number; readonly call: PreparedCall } | null)[] = [];
  const links = sockets.map(
    (socket, place) =>
      new Http1Link(socket, {
        onLost: events.onLost,
        onAnswer(status, bytes, start, end) {
          const one = underway[place];
          if (!one) return;
          underway[place] = null;
          free.push(place);
          events.onDone(one.ticket, status === 200 ? options.read(one.call, bytes, start, end) : 0);
          sendWaiting();
        },
      }),
  );
  free.push(...links.keys());
  function sendWaiting(): void {
    while (waiting.length > 0 && free.length > 0) {
      const place = free.pop() ?? 0;
      const one = waiting.shift() ?? null;
      underway[place] = one;
      if (one !== null) links[place]?.send(one.call.bytes);
    }
  }
  return {
    send(ticket, call) {
      waiting.push({ ticket, call });
      sendWaiting();
    },
    flush: () => undefined,
    close: () => links.forEach((link) => void link.close()),
  };
}

/** One StreamCheck a connection; answers are matched by request id. */
export async function openCheckStreams(
  options: TransportOptions & { readonly method: string },
  events: TransportEvents,
): Promise<Transport> {
  const tickets = new Map<string, { readonly ticket: number; readonly effect: number }>();
  const links = await openStreams(options, events, (_place, bytes, start, end) =>
    readStreamResults(bytes, start, end, (requestId, effect) => {
      const one = tickets.get(requestId);
      if (one === undefined) return events.onLost(`a result for ${requestId}, which is not in flight`);
      tickets.delete(requestId);
      events.onDone(one.ticket, effect === one.effect ? 1 : 0);
    }),
  );
  return {
    ...links,
    send(ticket, call) {
      if (tickets.has(call.id)) return events.onLost(`${call.id} is in flight already: prepare more calls`);
      tickets.set(call.id, { ticket, effect: call.effects[0] === ALLOW ? ALLOW : DENY });
      links.sendOn(ticket, call);
    },
  };
}

/** One echo stream a connection; echoes come in the order of what was sent. */
export async function openEchoStreams(
  options: TransportOptions & { readonly method: string },
  events: TransportEvents,
): Promise<Transport> {
  const queues = Array.from(
    { length: options.connections },
    () => [] as { ticket: number; call: PreparedCall }[],
  );
  const links = await openStreams(options, events, (place, bytes, start, end) => {
    const one = queues[place]?.shift();
    if (one === undefined) return events.onLost('an echo of nothing');
    events.onDone(one.ticket, options.read(one.call, bytes, start, end));
  });
  return {
    ...links,
    send(ticket, call) {
      queues[ticket % options.connections]?.push({ ticket, call });
      links.sendOn(ticket, call);
    },
  };
}

async function openStreams(
  options: TransportOptions & { readonly method: string },
  events: TransportEvents,
  onMessage: (place: number, bytes: Buffer, start: number, end: number) => void,
) {
  const headers = callHeaders(options.method, 'localhost');
  const links = (await openSockets(options)).map((socket, place) => {
    const link = new Http2Link(socket, headers, {
      onLost: events.onLost,
      onMessage: (_, bytes, start, end) => onMessage(place, bytes, start, end),
      onEnd: () => events.onLost('the stream was ended'),
    });
    return { link, stream: link.begin(place) };
  });
  return {
    sendOn(ticket: number, call: PreparedCall) {
      const one = links[ticket % links.length];
      one?.link.send(one.stream, call.bytes, false);
    },
    flush: () => links.forEach(({ link }) => void link.flush()),
    close: () => links.forEach(({ link }) => void link.close()),
  };
}
