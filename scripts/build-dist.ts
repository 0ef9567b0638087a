/**
 * Compiles src/ into dist/ for the container image: JavaScript, and beside it whatever the sources
 * read at run time. It must not be needed to run from a work tree.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * `new URL('./thread.ts', import.meta.url)`: how sources name the entry file of a worker thread. The
 * compiler rewrites imports only, so these are rewritten here.
 */
const WORKER_ENTRY = /(new URL\(\s*['"]\.{1,2}\/[\w./-]+)\.ts(['"],\s*import\.meta\.url\s*,?\s*\))/g;

/** Points the worker entries of one compiled file to the compiled files. */
export function rewriteWorkerEntries(compiled: string): string {
  return compiled.replace(WORKER_ENTRY, '$1.js$2');
}

/** Whether the sources compile. The compiler says itself what is wrong. */
function compile(outDirectory: string): boolean {
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  const words = ['-p', 'tsconfig.build.json', '--outDir', outDirectory];
  return spawnSync(compiler, words, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

function copyAssets(outDirectory: string): void {
  const assets = globSync('**/*.*', { cwd: join(ROOT, 'src') }).filter((file) => !file.endsWith('.ts'));
  for (const asset of assets) {
    mkdirSync(dirname(join(outDirectory, asset)), { recursive: true });
    cpSync(join(ROOT, 'src', asset), join(outDirectory, asset));
  }
}

function main(outDirectory: string): void {
  rmSync(outDirectory, { recursive: true, force: true });
  if (!compile(outDirectory)) {
    process.exitCode = 1;
    return;
  }
  copyAssets(outDirectory);
  for (const file of globSync('**/*.js', { cwd: outDirectory })) {
    const path = join(outDirectory, file);
    writeFileSync(path, rewriteWorkerEntries(readFileSync(path, 'utf8')));
  }
}

if (import.meta.main) main(process.argv[2] ?? join(ROOT, 'dist'));
