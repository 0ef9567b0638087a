// Adds the name of the setting to what an adapter says of an address that it cannot have: adapters do not
// know the configuration, and the operator must find what to change.
import { ListenRefused } from '../grpc/listen.ts';

/** Settings by the name of their listener. */
const SETTINGS = {
  decision_tcp: 'listeners.decision.tcp',
  decision_unix: 'listeners.decision.socket',
  admin_unix: 'listeners.admin.socket',
  ops: 'listeners.ops.address',
} as const;

/** Waits for a listener. Rejects with ListenRefused, which then names the setting of the address. */
export async function nameSetting<T>(listener: keyof typeof SETTINGS, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    if (!(error instanceof ListenRefused)) throw error;
    const { address, message } = error;
    const named = message.replace(` ${address}:`, () => ` ${address} (${SETTINGS[listener]}):`);
    throw new ListenRefused(address, named, error);
  }
}
