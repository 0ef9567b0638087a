// Where the default unix sockets are: a short private directory under the runtime directory, derived
// from the data directory, so that every command in the same place finds the same sidecar.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** `sun_path` holds 108 bytes with its closing zero (unix(7)). */
export const SOCKET_PATH_BYTES_MAX = 107;

/** Enough of a digest to tell directories apart, few enough to stay short. */
const DIGEST_CHARS = 12;

/** The default sockets. */
export interface SocketPaths {
  readonly decision: string;
  /** In a directory of its own, so that the decision socket's can be shared without it. */
  readonly admin: string;
}

/** Derives the paths. The directory must be given absolute. Creates nothing. */
export function defaultSocketPaths(
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>>,
): SocketPaths {
  const runtime = environment['XDG_RUNTIME_DIR'];
  const digest = createHash('sha256').update(dataDirectory).digest('hex').slice(0, DIGEST_CHARS);
  const isUsable = runtime !== undefined && isAbsolute(runtime);
  // The system's directory for temporary files is shared: name the user, so that two never collide.
  const user = isUsable ? '' : `${process.getuid?.() ?? 0}-`;
  const directory = join(isUsable ? runtime : tmpdir(), `postern-${user}${digest}`);
  return { decision: join(directory, 'decision.sock'), admin: join(directory, 'admin', 'admin.sock') };
}

/** What is wrong with a socket's path, or null. */
export function socketPathProblem(path: string): string | null {
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return null;
  return `the socket's path has ${bytes} bytes and the system allows ${SOCKET_PATH_BYTES_MAX}; choose a shorter one`;
}
