/**
 * What is generated from proto/ is what proto/ says, and a breaking change of it is noticed. Must not
 * need a network.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromJSON, loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseContract } from '../scripts/generate-contract.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GEN = join(ROOT, 'src/grpc/gen');
const BUF = join(ROOT, 'node_modules/.bin/buf');
const SERVICES = ['Audit', 'Authorization', 'Company', 'Key', 'Policy', 'System'];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'postern-buf-'));
  mkdirSync(join(copy, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules/google-proto-files'), join(copy, 'node_modules/google-proto-files'));
  cpSync(join(ROOT, 'buf.yaml'), join(copy, 'buf.yaml'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs buf over a copy of the contract in which `from` of one file was replaced by `to`. */
function bufAfter(change: { file: string; from: string; to: string }, args: string[]) {
  rmSync(join(copy, 'proto'), { recursive: true, force: true });
  cpSync(join(ROOT, 'proto'), join(copy, 'proto'), { recursive: true });
  const path = join(copy, 'proto/postern/v1', change.file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(change.from, change.to);
  expect(after, 'the change must change something').not.toBe(before);
  writeFileSync(path, after);
  return spawnSync(BUF, args, { cwd: copy, encoding: 'utf8' });
}

const BREAKING = ['breaking', 'proto', '--against', 'proto/baseline.binpb'];
const REQUEST_ID = '  string request_id = 1;\n  // Id that ties';

test('generated files are what proto/ generates', () => {
  const script = join(ROOT, 'scripts/generate-contract.ts');
  const run = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
});

test('the descriptor that is loaded equals the parsed contract', () => {
  const json = JSON.parse(readFileSync(join(GEN, 'postern.json'), 'utf8'));
  expect(json).toEqual(JSON.parse(JSON.stringify(parseContract().toJSON({ keepComments: false }))));
});

test('the descriptor and the descriptor set hold every service and the error details', () => {
  const fromDescriptor = fromJSON(JSON.parse(readFileSync(join(GEN, 'postern.json'), 'utf8')));
  const fromSet = loadFileDescriptorSetFromBuffer(readFileSync(join(GEN, 'postern.binpb')));
  for (const service of SERVICES) {
    expect(fromDescriptor).toHaveProperty([`postern.v1.${service}Service`]);
    expect(fromSet).toHaveProperty([`postern.v1.${service}Service`]);
  }
  for (const detail of ['Status', 'ErrorInfo', 'RetryInfo', 'BadRequest']) {
    expect(fromDescriptor).toHaveProperty([`google.rpc.${detail}`]);
  }
});

test('a moved field number is a breaking change', () => {
  const run = bufAfter(
    { file: 'authorization.proto', from: REQUEST_ID, to: REQUEST_ID.replace('= 1', '= 99') },
    BREAKING,
  );
  expect(run.stdout).toMatch(/authorization\.proto:.*Previously present field "1"/);
  expect(run.status).not.toBe(0);
});

test('an added field is no breaking change', () => {
  const added = `  // Added later.\n  string added_later = 99;\n${REQUEST_ID}`;
  const run = bufAfter({ file: 'authorization.proto', from: REQUEST_ID, to: added }, BREAKING);
  expect(run).toMatchObject({ stdout: '', stderr: '', status: 0 });
});

test('a field without a comment is a lint finding', () => {
  const bare = `  string added_later = 99;\n  // Id that ties`;
  const run = bufAfter({ file: 'authorization.proto', from: '  // Id that ties', to: bare }, ['lint']);
  expect(run.stdout).toMatch(/authorization\.proto:.*"added_later" should have a non-empty comment/);
  expect(run.status).not.toBe(0);
});
