// Every change of a policy source is told, however it is made. On a real file system; the tests wait for
// calls, and where none may come, for the call of a second watch that sees the same.
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPolicyWatch, type PolicyWatch, type WatchOptions } from './watch.ts';

let root = '';
let directory = '';
let opened: PolicyWatch[] = [];
const inside = (...names: string[]) => join(directory, ...names);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'postern-watch-'));
  directory = join(root, 'policies');
  await mkdir(directory);
  await writeFile(inside('decision.rego'), 'package postern\n');
});

afterEach(async () => {
  for (const watching of opened) watching.close();
  opened = [];
  await rm(root, { recursive: true, force: true });
});

/** Writes aside and puts it in place in one step, so that no look sees it half written. */
async function put(path: string, text: string): Promise<void> {
  await writeFile(join(root, 'aside'), text);
  await rename(join(root, 'aside'), path);
}

/** A watch whose calls can be waited for, one after the other. */
class Watched {
  calls = 0;
  #waiting: (() => void) | null = null;
  #seen = 0;

  called(): void {
    this.calls += 1;
    this.#waiting?.();
  }

  /** Resolves at the next call that was not waited for yet. */
  async next(): Promise<void> {
    while (this.calls === this.#seen) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    this.#seen = this.calls;
  }
}

async function watching(
  path: string,
  options: Partial<WatchOptions> = {},
): Promise<Watched & { policy: PolicyWatch }> {
  const watched = new Watched();
  const policy = await openPolicyWatch({ path, quietMs: 5, onChange: () => watched.called(), ...options });
  opened.push(policy);
  return Object.assign(watched, { policy });
}

describe('a directory', () => {
  test('tells of files that are edited, added, renamed over and removed', async () => {
    const changes = await watching(directory);
    await writeFile(inside('decision.rego'), 'package postern\n# edited\n');
    await changes.next();
    await writeFile(inside('data.json'), '{}');
    await changes.next();
    await writeFile(inside('saved.tmp'), '{"a":1}');
    await rename(inside('saved.tmp'), inside('data.json'));
    await changes.next();
    await rm(inside('data.json'));
    await changes.next();
    expect(changes.policy.isPolling).toBe(false);
  });

  test('tells of files in a directory that came later', async () => {
    const changes = await watching(directory);
    await mkdir(inside('plans', 'more'), { recursive: true });
    await put(inside('plans', 'more', 'data.json'), '{}');
    await changes.next();
    await put(inside('plans', 'more', 'data.json'), '{"a":1}');
    await changes.next();
    expect(changes.calls).toBe(2);
  });

  test('tells again when a file was half written at the first look', async () => {
    const changes = await watching(directory);
    await appendFile(inside('decision.rego'), 'decision := {"allow"');
    await changes.next();
    await appendFile(inside('decision.rego'), ': false}\n');
    await changes.next();
    expect(changes.calls).toBe(2);
  });

  test('that is removed and made anew, or replaced, is watched on', async () => {
    const changes = await watching(directory);
    await rm(directory, { recursive: true });
    await changes.next();
    await mkdir(directory);
    await writeFile(inside('decision.rego'), 'package postern\n# anew\n');
    await changes.next();
    const other = join(root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'decision.rego'), 'package postern\n# other\n');
    await rename(directory, join(root, 'old'));
    await rename(other, directory);
    await changes.next();
    // The name may have been seen in between, when it led nowhere: then there was a call more.
    await writeFile(inside('decision.rego'), 'package postern\n# edited\n');
    await changes.next();
  });

  test('that is a mounted volume tells of its link being turned', async () => {
    for (const version of ['1', '2']) {
      await mkdir(inside(`..v${version}`));
      await writeFile(inside(`..v${version}`, 'data.json'), version);
    }
    await symlink('..v1', inside('..data'));
    await symlink(join('..data', 'data.json'), inside('data.json'));
    const changes = await watching(directory);
    await symlink('..v2', inside('..data_tmp'));
    await rename(inside('..data_tmp'), inside('..data'));
    await changes.next();
    expect(changes.calls).toBe(1);
  });

  test('reached through a link tells of the link being turned', async () => {
    const releases = ['one', 'two'].map((name) => join(root, name));
    for (const release of releases) {
      await mkdir(release);
      await writeFile(join(release, 'decision.rego'), release);
    }
    const link = join(root, 'current');
    await symlink('one', link);
    const changes = await watching(link);
    await symlink('two', join(root, 'next'));
    await rename(join(root, 'next'), link);
    await changes.next();
    await put(join(root, 'two', 'decision.rego'), 'edited');
    await changes.next();
    expect(changes.calls).toBe(2);
  });

  test('of a release that is switched by a link above it is looked at within ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    for (const release of ['one', 'two']) {
      await mkdir(join(root, release, 'policies'), { recursive: true });
      await writeFile(join(root, release, 'policies', 'decision.rego'), release);
    }
    await symlink('one', join(root, 'current'));
    const changes = await watching(join(root, 'current', 'policies'));
    await symlink('two', join(root, 'next'));
    await rename(join(root, 'next'), join(root, 'current'));
    vi.advanceTimersByTime(10_000);
    await changes.next();
    // What is there now gives events of its own.
    await put(join(root, 'two', 'policies', 'decision.rego'), 'edited');
    await changes.next();
    expect(changes.calls).toBe(2);
    expect(changes.policy.isPolling).toBe(false);
  });
});

describe('a bundle file', () => {
  test('tells of being written, replaced, removed and put back', async () => {
    const bundle = join(root, 'bundle.tar.gz');
    const changes = await watching(bundle);
    await writeFile(bundle, 'one');
    await changes.next();
    await writeFile(join(root, 'next'), 'two');
    await rename(join(root, 'next'), bundle);
    await changes.next();
    await writeFile(bundle, 'three');
    await changes.next();
    await rm(bundle);
    await changes.next();
    await writeFile(bundle, 'three');
    await changes.next();
    expect(changes.policy.isPolling).toBe(false);
  });
});

describe('a watch', () => {
  test('that is closed calls no more', async () => {
    const closed = await watching(directory);
    const other = await watching(directory, { quietMs: 20 });
    closed.policy.close();
    await put(inside('decision.rego'), 'package postern\n# edited\n');
    await other.next();
    expect(closed.calls).toBe(0);
  });

  test('does not tell of what changes nothing of the policy', async () => {
    const changes = await watching(directory);
    const polling = await watching(directory, { useEvents: false, pollMs: 2 });
    const notes = inside('README.md');
    const other = await watching(notes, { quietMs: 50 });
    await writeFile(notes, 'notes');
    await put(inside('decision.rego'), 'package postern\n');
    await other.next();
    expect([changes.calls, polling.calls]).toEqual([0, 0]);
  });

  test('goes on after a caller that throws', async () => {
    const watched = new Watched();
    const onChange = () => {
      watched.called();
      throw new Error('the caller fails');
    };
    opened.push(await openPolicyWatch({ path: directory, quietMs: 5, onChange }));
    for (const text of ['one', 'two', 'three']) {
      await put(inside('decision.rego'), text);
      await watched.next();
    }
    expect(watched.calls).toBe(3);
  });

  test('without events sees changes by polling', async () => {
    const changes = await watching(directory, { useEvents: false, pollMs: 10 });
    expect(changes.policy.isPolling).toBe(true);
    for (const text of ['one', 'two']) {
      await put(inside('decision.rego'), text);
      await changes.next();
    }
    expect(changes.calls).toBe(2);
  });

  test('falls back to polling where nothing can be watched, and sees what comes there', async () => {
    const path = join(root, 'not', 'yet', 'policies');
    const changes = await watching(path, { pollMs: 10 });
    expect(changes.policy.isPolling).toBe(true);
    await mkdir(path, { recursive: true });
    await put(join(path, 'decision.rego'), 'package postern\n');
    await changes.next();
    expect(changes.calls).toBe(1);
  });
});
