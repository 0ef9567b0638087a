// Deadlines beyond what a timer can hold. grpc-js makes a 32-bit number of the milliseconds, so that a caller
// who gives a call thirty days is told at once that they have passed. It must never throw: Node calls it.
import { subscribe } from 'node:diagnostics_channel';

const HEADER = 'grpc-timeout';

/** What grpc-js finds in the header: the first that there is, in a unit that can be too long or not. */
const TIMEOUT = /(\d{1,8})\s*([HMSmun])/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { H: 3_600, M: 60, S: 1 };

/** Below 2^31 milliseconds: some 24 days. No call of ours is open for so long. */
const SECONDS_MAX = 2_147_483;

/** The header as grpc-js can take it: a deadline that is too long becomes the longest that there is. */
export function boundedTimeout(header: string): string {
  const [, digits = '', unit = ''] = TIMEOUT.exec(header) ?? [];
  return Number(digits) * (UNIT_SECONDS[unit] ?? 0) > SECONDS_MAX ? `${SECONDS_MAX}S` : header;
}

let isSubscribed = false;

/** From now on every server of this thread takes deadlines of any length. */
export function takeLongDeadlines(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  // The headers of the message are those that the stream is then announced with.
  subscribe('http2.server.stream.created', (message) => {
    const headers = Object(Reflect.get(Object(message), 'headers'));
    const header: unknown = headers[HEADER];
    // Most callers give milliseconds or less: those always fit.
    if (typeof header === 'string' && !/[mun]$/.test(header)) headers[HEADER] = boundedTimeout(header);
  });
}
