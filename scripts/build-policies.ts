/**
 * Builds policies/bundle from policies/, and policies/capabilities.json from OPA, always with the
 * pinned OPA so that the bytes are the same everywhere. `--check` writes nothing and fails when
 * what is committed is not what its source gives, or when the sources have findings.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicyProblem } from '../src/pdp/admin-port.ts';
import { type Bundle, contentDigest } from '../src/policy/bundle.ts';
import { loadBundleDirectory, writeBundle } from '../src/policy/bundle-directory.ts';
import { checkPolicies } from '../src/policy/compiler/check-policies.ts';
import { compilePolicies } from '../src/policy/compiler/compile-policies.ts';
import { deriveCapabilities } from '../src/policy/compiler/derive-capabilities.ts';
import { findOpa, type OpaBinary } from '../src/policy/compiler/opa-binary.ts';
import { testPolicies } from '../src/policy/compiler/test-policies.ts';

const POLICIES = fileURLToPath(new URL('../policies', import.meta.url));
const CAPABILITIES = join(POLICIES, 'capabilities.json');
const BUNDLE = join(POLICIES, 'bundle');

class Failed extends Error {}

async function build(opa: OpaBinary): Promise<string> {
  await writeFile(CAPABILITIES, await deriveCapabilities(opa));
  const bundle = await compile(opa);
  await writeBundle(BUNDLE, bundle);
  return `policies/bundle: revision ${bundle.revision}, ${bundle.wasm.length} bytes, built with OPA ${opa.version}`;
}

async function check(opa: OpaBinary): Promise<string> {
  const committed = await readFile(CAPABILITIES, 'utf8').catch(() => '');
  if (committed !== (await deriveCapabilities(opa))) {
    throw new Failed('policies/capabilities.json is not what the pinned OPA gives: run `npm run policies`.');
  }
  report(await checkPolicies(POLICIES, { opa }));
  const tests = await testPolicies(POLICIES, { opa });
  report(
    tests.tests
      .filter((test) => test.outcome !== 'passed')
      .map((test) => ({ ...test, message: `${test.name} ${test.outcome}` })),
  );
  if (!tests.ok) report(tests.problems);
  const bundle = await compile(opa);
  await compare(bundle);
  return `policies/bundle fits its source: revision ${bundle.revision}; ${tests.tests.length} Rego tests passed, coverage ${tests.coverage} %`;
}

async function compare(expected: Bundle): Promise<void> {
  const stale = 'policies/bundle is not what policies/ gives: run `npm run policies`.';
  const committed = await loadBundleDirectory(BUNDLE);
  if (!committed.ok) {
    report(committed.problems.map((problem) => ({ ...problem, file: `bundle/${problem.file}` })));
    throw new Failed(stale);
  }
  const digest = (bundle: Bundle) =>
    contentDigest({ wasm: bundle.wasm, dataJson: Buffer.from(bundle.dataJson) });
  const isSame =
    committed.bundle.revision === expected.revision &&
    digest(committed.bundle) === digest(expected) &&
    String(committed.bundle.manifest.reads) === String(expected.manifest.reads);
  if (!isSame) throw new Failed(stale);
}

async function compile(opa: OpaBinary): Promise<Bundle> {
  const result = await compilePolicies(POLICIES, { opa });
  if (result.ok) return result.bundle;
  report(result.problems);
  throw new Failed('The policies do not compile.');
}

function report(problems: readonly PolicyProblem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, message }) => `policies/${file}:${line}: ${message}`);
  throw new Failed(lines.join('\n'));
}

try {
  const opa = await findOpa({ pinned: true });
  const done = process.argv.includes('--check') ? await check(opa) : await build(opa);
  process.stdout.write(`${done}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
