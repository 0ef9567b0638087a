// Finds out whether every address of a sidecar can be had before anything of its start is recorded: a start that
// fails at a port would leave the activation of a policy in the log that never decided anything.
import type { Config } from '../config.ts';
import { type HeldAddress, holdTcp, holdUnix } from '../grpc/listen.ts';
import { nameSetting } from './name-setting.ts';

/**
 * Takes all of them at once, so that no two are the same, and gives them back. Another program can still take one
 * before it is listened on: the start fails then as well, only later. Rejects with ListenRefused. To be called by
 * who holds the data directory, because it removes sockets that were left behind.
 */
export async function requireAddresses({ listeners }: Config): Promise<void> {
  const { decision, admin, ops } = listeners;
  const held: HeldAddress[] = [];
  try {
    if (decision.socket !== null) {
      const address = { path: decision.socket, mode: 0o600, removeStale: true };
      held.push(await nameSetting('decision_unix', holdUnix(address)));
    }
    const address = { path: admin.socket, mode: 0o600, removeStale: true };
    held.push(await nameSetting('admin_unix', holdUnix(address)));
    if (decision.tcp !== null) held.push(await nameSetting('decision_tcp', holdTcp(decision.tcp)));
    if (ops.address !== null) held.push(await nameSetting('ops', holdTcp(ops.address)));
  } finally {
    await Promise.all(held.map((each) => each.release()));
  }
}
