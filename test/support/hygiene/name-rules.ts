/**
 * Real companies and machine paths. The names are kept as the beginnings of their SHA-256, so that the
 * rule does not itself put them into the repository.
 */
import { createHash } from 'node:crypto';
import { type Leak, leaksOf, type RepositoryFile } from './repository-file.ts';

/** Banks and payment companies, in lower case, and tools that are no part of the product. */
const REAL_NAMES = new Set([
  'ee46e2d141d53f08',
  '71f566aba763fb76',
  'c0d9acb0eff09569',
  '4b1f6f530975ef68',
  'f34a8e57174540d5',
  'cd5c94d2f0b0304a',
  '4592ad23db1ff2ea',
  '8cf10d1b0e07c1d8',
  'fbb8037df8cc9050',
  'ce749e840dcada0f',
  '4ef9bfe6a5402861',
  'e539cb6d872a97e5',
  '07863e7a6a2154ba',
  'efc68bdfc744cb70',
  '0d6f52f4c5a8d20c',
  '7df86f40f0e9ec45',
  'afe4d16f403a383f',
  '45cd2fb5a1701292',
  '080ac5c86e07c864',
  'c1314942e363ed74',
  'a5c1835f2f1f4d4d',
  '138df632fd0de206',
  '2bed2032ed3d8300',
  '6517fe5345df0dfc',
  '8405abeec4a40aea',
  'e759968ca9278b8d',
  '62fd6c7860342a31',
  '971a9655ae1f84b8',
  'a480a469d4e9ebf4',
]);

const WORD = /[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*/g;
const MACHINE_PATH = /(?<![\w.])(?:\/(?:home|Users|root|work)\/[\w.-]+|[A-Z]:\\Users\\)/g;

const digests = new Map<string, boolean>();

function isRealName(word: string): boolean {
  const name = word.toLowerCase();
  const known = digests.get(name);
  if (known !== undefined) return known;
  const isReal = REAL_NAMES.has(createHash('sha256').update(name).digest('hex').slice(0, 16));
  digests.set(name, isReal);
  return isReal;
}

/** Real names and paths of somebody's machine. */
export function nameLeaks(file: RepositoryFile): Leak[] {
  const paths = leaksOf(file, MACHINE_PATH, () => 'a path of a machine');
  if (file.isBinary) return paths;
  const names = leaksOf(file, WORD, ([word]) => {
    const parts = [word, ...word.split('-')];
    return parts.some(isRealName) ? 'the name of a real company or of a tool outside the product' : null;
  });
  return [...paths, ...names];
}
