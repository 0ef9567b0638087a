// Who an admin call is from. Until the admin plane exists that is whoever can reach the unix socket: its
// owner.
import type { Actor } from '../pdp/admin-port.ts';
import { listenerOf } from './connection.ts';

/** The actor of a call that came on this connection. */
export function actorOf(peer: string): Actor {
  return { identity: 'owner', listener: listenerOf(peer) };
}
