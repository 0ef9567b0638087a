// Addresses and networks as tables; random ones are compared with an independent library in
// test/property/network.test.ts.
import { expect, test } from 'vitest';
import { normaliseIp, parseIp } from './ip-address.ts';
import { networkContains, normaliseNetwork, parseNetwork, sourceBucket } from './network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
])('%s is read as %s', (text, normal) => {
  expect(normaliseIp(text)).toBe(normal);
});

test.each([
  '',
  ':',
  ':::',
  '1',
  '192.0.2',
  '192.0.2.1.1',
  '192.0.2.256',
  '192.0.2.01',
  '192.0.2.1 ',
  ' 192.0.2.1',
  '192.0.2.1\n',
  '192.0.2.-1',
  '192..2.1',
  '.192.0.2.1',
  '0x7f.0.0.1',
  '１92.0.2.1',
  '192.0.2.1:80',
  '192.0.2.1/32',
  '[::1]',
  'fe80::1%eth0',
  '::1::',
  '1::2::3',
  ':1::2',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '::1:2:3:4:5:6:7:8',
  '12345::',
  'g::1',
  '::192.0.2.1.1',
  '1:2:3:4:5:6:7:192.0.2.1',
  '::192.0.2.1:1',
  '::ffff:192.0.02.1',
  'localhost',
  '1'.repeat(1_000_000),
])('%j is no address', (text) => {
  expect(parseIp(text)).toBeNull();
});

test.each([
  ['192.0.2.0/24', '192.0.2.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['::/0', '::/0'],
  ['::ffff:192.0.2.0/120', '192.0.2.0/24'],
  ['::1/128', '::1/128'],
])('%s is the network %s', (text, normal) => {
  expect(normaliseNetwork(text)).toBe(normal);
});

test.each([
  '192.0.2.0',
  '192.0.2.1/24',
  '192.0.2.0/33',
  '192.0.2.0/',
  '192.0.2.0/024',
  '192.0.2.0/+8',
  '192.0.2.0/24/1',
  '2001:db8::1/64',
  '2001:db8::/129',
  '::ffff:192.0.2.0/95',
  '/24',
])('%j is no network', (text) => {
  expect(parseNetwork(text)).toBeNull();
});

test.each([
  ['192.0.2.0/24', '192.0.2.255', true],
  ['192.0.2.0/24', '192.0.3.0', false],
  ['192.0.2.0/24', '::ffff:192.0.2.7', true],
  ['192.0.2.128/25', '192.0.2.127', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '203.0.113.9', false],
  ['2001:db8:0:8000::/49', '2001:db8:0:ffff::1', true],
  ['2001:db8:0:8000::/49', '2001:db8:0:7fff::1', false],
  ['198.51.100.7/32', '198.51.100.7', true],
])('%s contains %s: %s', (network, ip, expected) => {
  const parsed = parseNetwork(network);
  const address = parseIp(ip);
  if (parsed === null || address === null) throw new Error('bad row');
  expect(networkContains(parsed, address)).toBe(expected);
});

test.each([
  [null, 'none'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['not:an:address', 'none'],
])('failures from %s are counted in %s', (ip, bucket) => {
  expect(sourceBucket(ip, 64)).toBe(bucket);
});
