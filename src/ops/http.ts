// The HTTP side for probes and Prometheus: /metrics, /healthz, /readyz and nothing else. It takes no
// input but the path, reads no body, and every wait on a caller is bounded.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answer of a probe: no problems means yes. */
export type Probe = () => readonly string[];

export interface OpsHttpOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Why the process should be restarted. */
  readonly live: Probe;
  /** Why no checks should be sent here. */
  readonly ready: Probe;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  /** How long a caller may keep a connection waiting, in either direction. Default 5,000. */
  readonly waitMsMax?: number;
}

export interface OpsHttp {
  /** Where it listens. */
  readonly port: number;
  close(): Promise<void>;
}

const HEADER_BYTES_MAX = 8_192;
const DEFAULT_WAIT_MS_MAX = 5_000;
const CONNECTIONS_MAX = 256;

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

function probeAnswer(problems: readonly string[]): Answer {
  const body = problems.length === 0 ? 'ok\n' : `${problems.join('\n')}\n`;
  return { status: problems.length === 0 ? 200 : 503, contentType: 'text/plain; charset=utf-8', body };
}

function textAnswer(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

async function answerFor(request: IncomingMessage, options: OpsHttpOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'only GET and HEAD');
  switch (request.url?.split('?', 1)[0]) {
    case '/healthz':
      return probeAnswer(options.live());
    case '/readyz':
      return probeAnswer(options.ready());
    case '/metrics':
      return { status: 200, ...(await options.metrics()) };
    default:
      return textAnswer(404, 'not found');
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, options: OpsHttpOptions) {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
  let answer: Answer;
  try {
    answer = hasBody ? textAnswer(413, 'no body is read here') : await answerFor(request, options);
  } catch {
    // The cause may hold anything; the caller gets a fixed text.
    answer = textAnswer(500, 'failed');
  }
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(hasBody ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
  if (hasBody) request.destroy();
}

function boundWaits(server: Server, waitMsMax: number): void {
  server.maxConnections = CONNECTIONS_MAX;
  server.maxHeadersCount = 64;
  server.maxRequestsPerSocket = 1_000;
  // Ends callers that neither send nor read, wherever they are in a request.
  server.setTimeout(waitMsMax, (socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EACCES: 'this user may not listen on the port',
};

function listenError({ host, port }: OpsHttpOptions, error: NodeJS.ErrnoException): Error {
  const code = error.code ?? 'unknown error';
  const problem = LISTEN_PROBLEMS[code] ?? `the system refuses it (${code})`;
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const text = `Cannot listen on ${address} (listeners.ops.address): ${problem}.`;
  // The name is by what the command line knows it, as it knows those of the other listeners.
  return Object.assign(new Error(text, { cause: error }), { name: 'ListenRefused', code });
}

/**
 * Listens.
 * @throws Error with a sentence for the operator, and the system's `code`, when the address cannot be had.
 */
export function openOpsHttp(options: OpsHttpOptions): Promise<OpsHttp> {
  const waitMsMax = options.waitMsMax ?? DEFAULT_WAIT_MS_MAX;
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: waitMsMax,
      requestTimeout: waitMsMax,
      keepAliveTimeout: waitMsMax,
      connectionsCheckingInterval: 1_000,
    },
    (request, response) => void respond(request, response, options),
  );
  boundWaits(server, waitMsMax);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return new Promise((resolve, reject) => {
    // Also later, when nothing is left to reject: an accept that fails must not end the process.
    server.on('error', (error) => reject(listenError(options, error)));
    server.listen({ host: options.host, port: options.port }, () => {
      const address = server.address();
      resolve({ port: typeof address === 'object' && address !== null ? address.port : 0, close });
    });
  });
}
