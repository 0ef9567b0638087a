// The one failure of a call that is about the caller's own side: nobody listens there. Says where it was
// looked for, because the address may come from an option, a variable or a configuration.
import { isCallError } from './failure.ts';

export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(address: string, cause: unknown) {
    super(`no sidecar answers at ${address}`, { cause });
  }
}

/** The error of a call to this address, as it is to be told. */
export function toldWith(address: string, error: unknown): unknown {
  return isCallError(error) && error.code === 'unreachable' ? new Unreachable(address, error) : error;
}
