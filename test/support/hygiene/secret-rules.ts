/**
 * What a secret looks like. The leak that is reported never repeats the secret.
 */
import { type Leak, leaksOf, type RepositoryFile } from './repository-file.ts';

const SECRETS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
  { name: 'a cloud access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { name: 'a cloud API key', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/g },
  {
    name: 'a code host token',
    pattern: /\b(?:gh[opsur]_[0-9A-Za-z]{36}|github_pat_\w{50,}|glpat-[\w-]{20,})/g,
  },
  { name: 'a registry token', pattern: /\b(?:npm_[0-9A-Za-z]{36}|pypi-[\w-]{50,})/g },
  { name: 'a chat token', pattern: /\bxox[abprs]-[0-9A-Za-z-]{10,}/g },
  { name: 'a payment secret', pattern: /\b[rs]k_live_[0-9A-Za-z]{16,}/g },
  { name: 'a signed token', pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g },
  { name: 'a password in an address', pattern: /:\/\/[^\s/:@"'`<>${}]+:[^\s/@"'`<>${}]+@/g },
];

/** A whole key of ours. Tests make theirs; only tests of the format may hold one. */
const OUR_KEY = /\b[a-z]{2,8}_(?:live|test)_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b/g;
const MAY_HOLD_KEYS = /(^test\/|\.test\.ts$)/;

const SECRET_FILE =
  /(^|\/)(\.env(\..+)?|id_[a-z0-9]+|.*\.(pem|key|p12|pfx|jks|keystore|sqlite3?|db|db-wal))$/;

/** Secrets in the text, and files that hold nothing else. */
export function secretLeaks(file: RepositoryFile): Leak[] {
  const leaks = SECRETS.flatMap(({ name, pattern }) => leaksOf(file, pattern, () => `looks like ${name}`));
  if (SECRET_FILE.test(file.path))
    leaks.push({ path: file.path, line: 1, rule: 'this kind of file stays outside' });
  if (MAY_HOLD_KEYS.test(file.path)) return leaks;
  return [...leaks, ...leaksOf(file, OUR_KEY, () => 'looks like a key of ours')];
}
