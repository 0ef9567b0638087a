/**
 * Every line of the quickstart is typed as it stands, in a copy of a clone, and does what the page says. What
 * npm would do in front of it is `serve` with the script's own arguments.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Ended,
  newPlace,
  type Place,
  pasted,
  type Serving,
  serveSample,
} from '../cli/running-sidecar.ts';
import { copyClone } from '../support/copied-clone.ts';
import { blocksOf, commandsOf, page } from '../support/markdown-page.ts';
import { LaunchedProcess } from '../support/sidecar-process.ts';

const PAGE = 'docs/quickstart.md';
const SECONDS_MS = 1_000;

/** Of the sidecar of step 1, which the page tells nobody to stop. */
const DEFAULT_PORTS = /127\.0\.0\.1:(7070|7072)\b/;

let place: Place;
let serving: Serving;
beforeAll(async () => {
  place = newPlace();
  copyClone(place.directory);
  serving = await serveSample(place);
});
afterAll(async () => {
  await serving.stop();
  place.remove();
});

/** Everything that has to be typed, in order. */
const ALL = commandsOf(PAGE);
const isOfPolicies = (line: string) => / policy |^npm run/.test(line);
const isOfConfiguration = (line: string) => line.includes('--config');

/** The copy's own launcher: its policies are edited here, never the repository's. */
const launcher = () => join(place.directory, 'bin/postern.mjs');

/** Types a line to its end. */
function typed(line: string): Promise<Ended> {
  return pasted(place, line.replaceAll('npx postern', `'${process.execPath}' '${launcher()}'`));
}

/**
 * Starts a line that does not end by itself, beside the sidecar of step 1. Nothing here chooses ports for it: a
 * reader has the default ones taken at this point.
 */
function started(line: string): LaunchedProcess {
  const args = line.replace('npx postern ', '').split(' ');
  const child = spawn(process.execPath, [launcher(), ...args], {
    cwd: place.directory,
    env: Object.fromEntries(Object.entries(place.env).filter(([name]) => !name.includes('LISTENERS'))),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new LaunchedProcess(child);
}

test('a company, a key, checks, a revocation and the log, as the page says', async () => {
  const [start, doctor, ...commands] = ALL.filter((line) => !isOfPolicies(line) && !isOfConfiguration(line));
  expect(start).toBe('npm ci && npm start');
  expect(page(PAGE)).toContain('`npx postern doctor`');
  expect(doctor).toMatch(/^npx postern companies create/);
  const reasons: string[] = [];
  let keyId = '';
  for (const command of [doctor ?? '', ...commands, 'npx postern doctor']) {
    if (command.includes('audit tail')) continue;
    const line = command.replace('<key-id>', keyId);
    const isCheck = line.includes('postern check ');
    const { code, out, err } = await typed(isCheck ? line.replace(/( --json)?$/, ' --json') : line);
    if (isCheck) reasons.push(JSON.parse(out).reason);
    else
      expect({ line, code, mistakes: err.match(/^error:.*/gm) }).toEqual({ line, code: 0, mistakes: null });
    keyId = /^(key_\S+) .*cmp_borealis/m.exec(out)?.[1] ?? keyId;
  }
  expect(reasons).toEqual([
    'allowed',
    'scope_missing',
    'resource_company_mismatch',
    'claim_company_mismatch',
    'key_revoked',
  ]);
  for (const reason of reasons)
    expect(page(PAGE)).toContain(reason === 'allowed' ? 'allowed' : `\`${reason}\``);
}, 60_000);

test('audit tail shows a check that is made while it runs, and ends when it is told to', async () => {
  const line = ALL.find((command) => command.includes('audit tail')) ?? '';
  const tail = started(line);
  const check = `${/npx postern check .*/.exec(serving.output())?.[0]} --claim cmp_borealis`;
  // Only what comes after it listens is shown: it is asked again until then.
  const seen = tail.untilSaid((out) => out.includes('claim_company_mismatch'));
  let isSeen = false;
  void seen.then(() => {
    isSeen = true;
  });
  while (!isSeen) expect(await typed(check)).toMatchObject({ code: 1 });
  tail.signal('SIGINT');
  expect(await tail.ended).toEqual({ code: 0, signal: null });
}, 60_000);

test('npm run dev takes an edit over, and a broken one leaves the last good policy deciding', async () => {
  const { scripts } = JSON.parse(page('package.json')) as { scripts: { dev: string } };
  expect(ALL).toContain('npm run dev');
  const dev = started(scripts.dev.replace('exec node bin/postern.mjs ', ''));
  try {
    await dev.untilSaid((out) => out.includes('--claim cmp_borealis\n'));
    expect(dev.out).toMatch(/metrics +http:\/\/127\.0\.0\.1:\d+/);
    expect(dev.out).not.toMatch(DEFAULT_PORTS);
    const check = /npx postern check .*/.exec(dev.out)?.[0] ?? '';
    const admin = /admin +(unix:\S+)/.exec(dev.out)?.[1] ?? '';
    const status = (ALL.find((line) => line.includes('<admin-address>')) ?? '').replace(
      '<admin-address>',
      admin,
    );
    expect(await typed(check)).toMatchObject({ code: 0 });

    const operations = join(place.directory, 'policies/operations/data.json');
    const before = readFileSync(operations, 'utf8');
    expect(page(PAGE)).toContain('give `payments.create` the scope `approvals:create`');
    const known = dev.logged('policy_activated').length;
    writeFileSync(operations, before.replace('"payments:create"', '"approvals:create"'));
    await dev.untilSaid(() => dev.logged('policy_activated').length > known);
    const denied = await typed(check);
    expect(denied.code).toBe(1);
    expect(denied.out).toContain('scope_missing');

    const rego = join(place.directory, 'policies/postern/limits.rego');
    const good = readFileSync(rego, 'utf8');
    writeFileSync(rego, `${good}\nbroken if {\n`);
    await dev.untilLogged('policy_refused');
    expect((await typed(check)).out).toContain('scope_missing');
    const told = await typed(status);
    expect(told.code).toBe(0);
    expect(told.out).toMatch(/limits\.rego:\d+ /);
    const findings = await typed('npx postern policy check');
    expect(findings.code).toBe(1);
    expect(findings.out).toMatch(/policies\/postern\/limits\.rego:\d+ /);

    writeFileSync(rego, good);
    writeFileSync(operations, before);
    for (const line of ALL.filter((command) => / policy (check|test|build)$/.test(command))) {
      expect({ line, ...(await typed(line)) }).toMatchObject({ line, code: 0, err: '' });
    }
  } finally {
    dev.signal('SIGTERM');
  }
  expect(await dev.ended).toEqual({ code: 0, signal: null });
}, 60_000);

test(
  'the configuration of the page is valid, and a sidecar starts with it',
  async () => {
    const [yaml = ''] = blocksOf(PAGE, 'yaml');
    writeFileSync(join(place.directory, 'postern.yaml'), yaml);
    const [checkConfig = '', serve = ''] = ALL.filter(isOfConfiguration);
    expect(checkConfig).toContain('--check-config');
    expect(await typed(checkConfig)).toMatchObject({ code: 0, err: '' });
    writeFileSync(join(place.directory, 'postern.yaml'), yaml.replace('count: 2', 'count: 0'));
    const wrong = await typed(checkConfig);
    expect(wrong.code).not.toBe(0);
    expect(wrong.out + wrong.err).toContain('evaluators.count');
    // Any port but the default ones would do: what else runs on this machine may have the page's own.
    const written = yaml.replaceAll(/(127\.0\.0\.1):(?!7070|7072)\d+/g, '$1:0');
    writeFileSync(join(place.directory, 'postern.yaml'), written);
    const second = started(serve);
    const ready = await second.untilLogged('ready');
    expect(JSON.stringify(ready)).not.toMatch(DEFAULT_PORTS);
    expect(written).toMatch(/ops: .*127\.0\.0\.1:0/);
    second.signal('SIGTERM');
    expect(await second.ended).toEqual({ code: 0, signal: null });
  },
  30 * SECONDS_MS,
);

test('the probes and the metrics answer where the welcome says', async () => {
  const ops = /metrics +(http:\/\/\S+)\/metrics/.exec(serving.output())?.[1];
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    expect(page(PAGE)).toContain(path);
    expect((await fetch(`${ops}${path}`)).status, path).toBe(200);
  }
});
