/**
 * Nothing secret, real or internal stands in the repository (requirement O5). The rules live in
 * test/support/hygiene/; the bad samples here are put together at run time, so that they are not found
 * in this file.
 */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { addressLeaks } from './support/hygiene/address-rules.ts';
import { nameLeaks } from './support/hygiene/name-rules.ts';
import { type Leak, type RepositoryFile, readRepository } from './support/hygiene/repository-file.ts';
import { secretLeaks } from './support/hygiene/secret-rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

function leaksIn(file: RepositoryFile): Leak[] {
  return [...secretLeaks(file), ...addressLeaks(file), ...nameLeaks(file)];
}

const sample = (text: string, path = 'docs/a.md'): RepositoryFile => ({ path, text, isBinary: false });
const rulesIn = (file: RepositoryFile) => leaksIn(file).map(({ rule }) => rule);

test('the repository holds no secret, no real name and no internal address', () => {
  const files = readRepository(ROOT);
  expect(files.length).toBeGreaterThan(20);
  const leaks = files.flatMap(leaksIn);
  expect(leaks.map(({ path, line, rule }) => `${path}:${line} ${rule}`)).toEqual([]);
});

const OURS = `pst_${'live'}_${'Ab3'.repeat(14)}x_${'a1B2c3'}`;

const BAD: readonly (readonly [parts: readonly string[], rule: RegExp])[] = [
  [['-----BEGIN ', 'PRIVATE KEY-----'], /a private key/],
  [['-----BEGIN EC ', 'PRIVATE KEY-----'], /a private key/],
  [['AK', 'IA', 'ABCDEFGHIJKLMNOP'], /a cloud access key/],
  [['gh', 'p_', 'a1'.repeat(18)], /a code host token/],
  [['np', 'm_', 'a1'.repeat(18)], /a registry token/],
  [['sk', '_live_', 'a1'.repeat(12)], /a payment secret/],
  [['ey', 'Jhbgciabcdef', '.', 'eyJzdwiabcdef', '.', 'a1'.repeat(10)], /a signed token/],
  [['https:/', '/user:pass', '@example.com'], /a password in an address/],
  [[OURS], /a key of ours/],
  [['https:/', '/build.acme', '.io/x'], /not one of the public hosts/],
  [['someone', '@acme', '.io'], /not a fictional mail domain/],
  [['db01.prod', '.internal'], /an internal host/],
  [['10.', '1.2.3'], /not a documentation address/],
  [['8.8', '.8.8'], /not a documentation address/],
  [['fd00:', ':12'], /not a documentation address/],
  [['2001:', '470:1:2:3:4:5:6'], /not a documentation address/],
  [['::ffff:', '10.', '0.0.1'], /not a documentation address/],
  [['/ho', 'me/someone/x'], /a path of a machine/],
  [['/Use', 'rs/someone'], /a path of a machine/],
  [['C:\\Use', 'rs\\someone'], /a path of a machine/],
  [['Pay', 'Pal'], /a real company/],
  [['a-str', 'ipe-account'], /a real company/],
];

test.each(BAD)('%j is found', (parts, rule) => {
  expect(rulesIn(sample(`before ${parts.join('')} after\n`))).toContainEqual(expect.stringMatching(rule));
});

test.each([
  'https://example.com/a http://api.example.org:8080 http://127.0.0.1:7072/healthz http://localhost/',
  'mail security@example.com, partner@bank.example',
  '192.0.2.1 198.51.100.0/24 203.0.113.9 127.0.0.1:7070 0.0.0.0 2001:db8::1 ::1 [::]:7070 2001:db8:0:1::/64',
  'version 1.14.4, better-sqlite3@13.2.0, 12:34:56, Foo::bar, 999.1.1.1, SHA-256 00:11',
  'node_modules/.bin/node, ./workspace, /var/lib/postern, /tmp/x',
])('%s is accepted', (text) => {
  expect(rulesIn(sample(text))).toEqual([]);
});

test('files that are secrets by nature are found by their name', () => {
  for (const path of ['.env', 'deploy/tls.key', 'a/signing.pem', '.postern/ledger.db', 'id_ed25519']) {
    expect(rulesIn(sample('', path))).toEqual(['this kind of file stays outside']);
  }
});

test('a leak names the place and never repeats the secret', () => {
  const [leak] = leaksIn(sample(`\n\n${OURS}\n`));
  expect(leak).toMatchObject({ path: 'docs/a.md', line: 3 });
  expect(JSON.stringify(leak)).not.toContain(OURS);
});
