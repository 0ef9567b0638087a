// The file of a unix socket, in a directory that others may be able to write. It must never remove what is not a
// socket that was left behind, nor change anything through a link.
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  unlinkSync,
} from 'node:fs';
import { connect } from 'node:net';

/** Removes a socket that was left behind. Returns why what is there must stay, or null when nothing is there now. */
export async function removeStaleSocket(path: string): Promise<string | null> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isSocket()) return 'a file that is not a socket is in its place';
  if (await isListenedOn(path)) return 'something listens on it already';
  unlinkSync(path);
  return null;
}

/** A socket that was left behind refuses at once; one with too many callers is somebody's all the same. */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const caller = connect({ path });
    caller.once('connect', () => {
      caller.destroy();
      resolve(true);
    });
    caller.once('error', (error) => resolve('code' in error && error.code === 'EAGAIN'));
  });
}

/** Of Linux: names what is at a path without opening it. Node has no constant for it. */
const O_PATH = 0x20_0000;
const DESCRIPTORS = '/proc/self/fd';

/** Sets the mode of a socket that was just made. Returns why not, or null. */
export function setSocketMode(path: string, mode: number): string | null {
  if (!existsSync(DESCRIPTORS)) {
    chmodSync(path, mode);
    return null;
  }
  const descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(descriptor).isSocket()) return 'something else was put in its place';
    chmodSync(`${DESCRIPTORS}/${descriptor}`, mode);
    return null;
  } finally {
    closeSync(descriptor);
  }
}
