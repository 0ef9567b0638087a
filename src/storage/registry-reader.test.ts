// Finding a key for a check: what is kept of it, for how long, and what makes it be read again.
import { expect, test } from 'vitest';
import { apply, call, createKeyCommand, openSeeded, settle } from '../../test/support/ledger-world.ts';
import { LOOKUP, READ_US, registryOptionsOf, SUSPEND } from '../../test/support/registry-options.ts';
import { openRegistryReader } from './registry-reader.ts';

test('the last use of a key that was read before is never more than a minute old', () => {
  const { world, ledger } = openSeeded();
  const reader = openRegistryReader(registryOptionsOf(world));
  const lastUseAt = (nowUs: number) => reader.findKey([LOOKUP], 0, nowUs)?.key.lastUsedAtUs;
  expect(lastUseAt(READ_US)).toBeNull();
  settle(ledger, call());
  const usedAtUs = world.wallUs;
  expect(lastUseAt(READ_US + 44_999_999)).toBeNull();
  // The ledger gives uses to the table within twelve seconds, and the row is read again after 45.
  world.tick(ledger, 90);
  expect(lastUseAt(READ_US + 45_000_000)).toBe(usedAtUs);
  reader.close();
  ledger.close();
});

test('the row of a key that is in use is verified again within 15 minutes, and only its use in between', () => {
  const { world, ledger } = openSeeded();
  const options = registryOptionsOf(world);
  const reader = openRegistryReader(options);
  const minutes = 60_000_000;
  expect(reader.findKey([LOOKUP], 0, READ_US)?.key.keyId).toBe('key_one');
  world.edit('UPDATE keys SET scopes = \'["payments:*","payouts:*"]\' WHERE key_id = \'key_one\'');
  // What was verified is what counts until then: the edited row gives its key no scope.
  for (let minute = 1; minute < 10; minute += 1) {
    expect(reader.findKey([LOOKUP], 0, READ_US + minute * minutes)?.key.scopes).toEqual(['payments:*']);
  }
  expect(options.damaged).toEqual([]);
  expect(reader.findKey([LOOKUP], 0, READ_US + 15 * minutes)).toBeNull();
  expect(options.damaged).toEqual([{ table: 'keys', id: 'key_one' }]);
  reader.close();
  ledger.close();
});

test('a use just before a crash is found by the evaluators of the next process', () => {
  const { world, ledger } = openSeeded();
  settle(ledger, call());
  const crashed = world.crash();
  ledger.close();
  const again = crashed.open();
  const reader = openRegistryReader(registryOptionsOf(crashed));
  expect(reader.findKey([LOOKUP], 0, READ_US)?.key.lastUsedAtUs).toBe(world.wallUs);
  reader.close();
  again.close();
});

test('of several hashes each is looked up, and the one that is stored is found', () => {
  const { world, ledger } = openSeeded();
  const reader = openRegistryReader(registryOptionsOf(world));
  const unknown = Buffer.alloc(32, 9).toString('hex');
  expect(reader.findKey([unknown], 0, READ_US)).toBeNull();
  expect(reader.findKey([LOOKUP, unknown], 0, READ_US)?.key.keyId).toBe('key_one');
  expect(reader.findKey([unknown, LOOKUP], 0, READ_US)?.key.keyId).toBe('key_one');
  reader.close();
  ledger.close();
});

test('a cached key is dropped with the epoch, an unknown one is never cached', () => {
  const { world, ledger } = openSeeded();
  const reader = openRegistryReader(registryOptionsOf(world));
  const later = createKeyCommand('key_two');
  expect(reader.findKey([later.lookup.toString('hex')], 0, READ_US)).toBeNull();
  apply(ledger, later);
  expect(reader.findKey([later.lookup.toString('hex')], 0, READ_US)?.key.keyId).toBe('key_two');
  expect(reader.findKey([LOOKUP], 0, READ_US)?.company.status).toBe('active');
  apply(ledger, SUSPEND);
  expect(reader.findKey([LOOKUP], world.control.epoch(), READ_US)?.company.status).toBe('suspended');
  reader.close();
  ledger.close();
});

test('a change is seen at once also of a key that is used so often that it is kept decoded', () => {
  const { world, ledger } = openSeeded();
  const reader = openRegistryReader(registryOptionsOf(world));
  const uses = Array.from({ length: 10 }, () => reader.findKey([LOOKUP], world.control.epoch(), READ_US));
  // The first use also has what only people are shown.
  expect(uses[0]).toMatchObject(uses.at(-1) ?? {});
  expect(uses.at(-1)).toBe(uses.at(-2));
  apply(ledger, SUSPEND);
  expect(reader.findKey([LOOKUP], world.control.epoch(), READ_US)?.company.status).toBe('suspended');
  reader.close();
  ledger.close();
});
