/**
 * Turns proto/ into src/grpc/gen/: a protobufjs JSON descriptor that the program loads (so that a
 * running sidecar needs neither .proto files nor Google's), TypeScript types for it, and a
 * descriptor set with the original field names for reflection and `grpcurl -protoset`.
 * Nothing else may write into src/grpc/gen/. `--check` writes nothing and fails on drift.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GEN = join(ROOT, 'src/grpc/gen');
const GOOGLE = 'node_modules/google-proto-files';
/** Details that our errors carry; google.rpc.Status is imported by the contract itself. */
const ERROR_DETAILS = 'google/rpc/error_details.proto';

/** Must agree with the options that the gRPC adapter gives to proto-loader. */
const LOADER_OPTIONS = ['--longs=String', '--enums=String', '--defaults', '--arrays', '--oneofs'];

/** Our proto files as their imports name them, in a stable order. */
export function contractFiles(): string[] {
  return globSync('postern/**/*.proto', { cwd: join(ROOT, 'proto') }).sort();
}

/** Parses the contract and what it imports. Field names become camelCase, comments are dropped. */
export function parseContract(): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    if (target.startsWith('google/protobuf/')) return target;
    return join(ROOT, target.startsWith('google/') ? GOOGLE : 'proto', target);
  };
  root.loadSync([...contractFiles(), ERROR_DETAILS], { keepCase: false });
  root.resolveAll();
  return root;
}

/** One file that imports the whole contract, so that one `ProtoGrpcType` covers every service. */
function writeIndexProto(directory: string): void {
  const imports = [...contractFiles(), ERROR_DETAILS].map((file) => `import "${file}";`);
  writeFileSync(join(directory, 'postern.proto'), `syntax = "proto3";\n${imports.join('\n')}\n`);
}

function generateInto(directory: string): void {
  const index = mkdtempSync(join(tmpdir(), 'postern-proto-'));
  try {
    writeIndexProto(index);
    const generator = join(ROOT, 'node_modules/@grpc/proto-loader/build/bin/proto-loader-gen-types.js');
    const places = ['-I', 'proto', GOOGLE, index, '-O', directory, 'postern.proto'];
    const style = ['--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts'];
    execFileSync(process.execPath, [generator, ...LOADER_OPTIONS, ...style, ...places], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } finally {
    rmSync(index, { recursive: true, force: true });
  }
  const set = join(directory, 'postern.binpb');
  execFileSync(join(ROOT, 'node_modules/.bin/buf'), ['build', 'proto', '--exclude-source-info', '-o', set], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const json = JSON.stringify(parseContract().toJSON({ keepComments: false }), null, 1);
  writeFileSync(join(directory, 'postern.json'), `${json}\n`);
}

function readTree(directory: string): Map<string, string> {
  const files = globSync('**/*.{ts,json,binpb}', { cwd: directory }).sort();
  return new Map(files.map((file) => [file, readFileSync(join(directory, file), 'latin1')]));
}

/** Names of the files that differ between two generated trees, missing and surplus ones included. */
function findDrift(expected: Map<string, string>, actual: Map<string, string>): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((name) => expected.get(name) !== actual.get(name)).sort();
}

function main(check: boolean): void {
  const fresh = mkdtempSync(join(tmpdir(), 'postern-gen-'));
  try {
    generateInto(fresh);
    const drift = findDrift(readTree(fresh), readTree(GEN));
    if (!check) {
      rmSync(GEN, { recursive: true, force: true });
      cpSync(fresh, GEN, { recursive: true });
      console.log(`src/grpc/gen: ${drift.length} files changed`);
    } else if (drift.length > 0) {
      for (const name of drift) console.error(`src/grpc/gen/${name}: differs from what proto/ generates`);
      console.error('Run `npm run generate` and commit the result.');
      process.exitCode = 1;
    } else {
      console.log('src/grpc/gen: up to date');
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (import.meta.main) main(process.argv.includes('--check'));
