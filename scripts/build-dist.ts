/**
 * Bundles src/ with its packages into dist/, one chunk for what each thread loads alone: a thread then
 * holds a fraction of the modules and of their text. It must not be needed to run from a work tree.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** As deep as `src/compose/`, so that what sources name relative to themselves is found from a chunk as well. */
const CHUNKS = 'parts';

/** Read by the file that is in this chunk, from beside itself. */
const ASSETS = ['grpc/gen/postern.binpb'];

/** A binary, and libraries that read files beside themselves; the latter are loaded only where they are asked for. */
const NOT_BUNDLED = ['better-sqlite3', '@grpc/reflection', '@grpc/proto-loader', 'grpc-health-check'];

/**
 * `new URL('./thread.ts', import.meta.url)`: how sources name the entry file of a worker thread. The
 * bundler follows imports only, so these are rewritten here.
 */
const WORKER_ENTRY = /(new URL\(\s*['"]\.{1,2}\/[\w./-]+)\.ts(['"],\s*import\.meta\.url\s*,?\s*\))/g;

/** Points the worker entries of one source to the bundled files. */
export function rewriteWorkerEntries(source: string): string {
  return source.replace(WORKER_ENTRY, '$1.js$2');
}

const workerEntries: Plugin = {
  name: 'worker-entries',
  transform(code, id) {
    const rewritten = id.startsWith(join(ROOT, 'src/')) ? rewriteWorkerEntries(code) : code;
    // No map: no character was moved.
    return rewritten === code ? null : { code: rewritten, map: null };
  },
};

/** Whether the sources compile. The compiler says itself what is wrong. */
function typeCheck(): boolean {
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  return spawnSync(compiler, ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

async function bundle(outDirectory: string): Promise<void> {
  const build = await rolldown({
    input: { main: join(ROOT, 'src/main.ts') },
    platform: 'node',
    external: NOT_BUNDLED,
    plugins: [workerEntries],
  });
  await build.write({
    dir: outDirectory,
    format: 'esm',
    chunkFileNames: `${CHUNKS}/[name].js`,
    // Names stay as they are: they are told in logs. What is dropped are spaces and comments. ASCII only: one
    // character beyond Latin-1 makes V8 hold two bytes for each of a chunk, for as long as it is loaded.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
    sourcemap: true,
  });
  await build.close();
}

function copyAssets(outDirectory: string): void {
  for (const asset of ASSETS) {
    const place = join(outDirectory, CHUNKS, asset.slice(asset.indexOf('/') + 1));
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(ROOT, 'src', asset), place);
  }
}

async function main(outDirectory: string): Promise<void> {
  rmSync(outDirectory, { recursive: true, force: true });
  if (!typeCheck()) {
    process.exitCode = 1;
    return;
  }
  await bundle(outDirectory);
  copyAssets(outDirectory);
}

if (import.meta.main) await main(process.argv[2] ?? join(ROOT, 'dist'));
