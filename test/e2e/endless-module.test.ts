/**
 * A module that never ends stops nobody, wherever in it that is: it is first run on a thread that is ended in
 * time, so calls of administrators, signals and the next start go on as if it were not there.
 */
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CraftedModule, craftModule } from '../support/crafted-module.ts';
import { DEFAULT_POLICIES, temporaryDirectory } from '../support/policy/policy-directory.ts';
import { launchSidecar, newPlace, startSidecar } from '../support/sidecar.ts';
import { createCompany, createKey } from '../support/sidecar-registry.ts';

const PATIENCE = { timeout: 15_000, interval: 20 };
const UNENDED = 'Loading the module and its self-tests did not end within 5000 ms.';

/** A bundle's directory, and how to put a module that never ends into it. */
function bundleDirectory() {
  const path = join(temporaryDirectory(), 'bundle');
  cpSync(join(DEFAULT_POLICIES, 'bundle'), path, { recursive: true });
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(path, `..${name}`), content);
    renameSync(join(path, `..${name}`), join(path, name));
  };
  const putEndless = (at: NonNullable<CraftedModule['fault']>['at']) => {
    put('policy.wasm', craftModule({ fault: { at, is: 'endless' } }));
    const wasm = [{ entrypoint: 'postern/decision', module: '/policy.wasm' }];
    put('.manifest', JSON.stringify({ revision: 'endless', wasm }));
  };
  return { path, putEndless };
}

test('while a module that never says its entrypoints is tried, keys are revoked, and it is refused', async () => {
  const { path, putEndless } = bundleDirectory();
  const sidecar = await startSidecar({ policy: { path } });
  await createCompany(sidecar.admin, 'cmp_aurora');
  const { keyId, secret: apiKey } = await createKey(sidecar.admin, 'cmp_aurora');
  const { activeRevision } = await sidecar.admin.policy.status({});
  putEndless('entrypoints');
  const refusal = async () => (await sidecar.admin.policy.status({})).lastRefusal?.problems[0]?.message;
  await expect.poll(refusal, PATIENCE).toBe(UNENDED);
  await sidecar.admin.keys.revoke({ keyId, reason: 'lost' });
  const answer = await sidecar.host.authorization.check({
    requestId: 'r',
    apiKey,
    operation: 'payments.read',
  });
  expect(answer).toMatchObject({ reason: 'REASON_KEY_REVOKED', policyRevision: activeRevision });
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
});

test('a stop does not wait for a module that is being tried', async () => {
  const { path, putEndless } = bundleDirectory();
  const sidecar = await startSidecar({ policy: { path } });
  const { launched } = sidecar;
  const threads = () =>
    Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${launched.pid}/status`, 'utf8'))?.[1]);
  const before = threads();
  putEndless('builtins');
  await expect.poll(threads, PATIENCE).toBeGreaterThan(before);
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
  for (const event of ['policy_refused', 'policy_reload_failed']) expect(launched.logged(event)).toEqual([]);
});

test('a start with a module that never finishes starting says so and ends', async () => {
  const { path, putEndless } = bundleDirectory();
  putEndless('start');
  const started = launchSidecar(await newPlace({ policy: { path } }));
  expect(await started.ended).toEqual({ code: 1, signal: null });
  expect(started.err).toBe(`error: No policy could be activated: policy.wasm:0: ${UNENDED}\n`);
});
