// Tells when a policy source has changed: a directory of Rego and data, a bundle's directory or its file.
// Events only say when to look; what counts is the content, so nothing is lost and nothing is told twice.
// It never throws and never keeps the process alive.
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { digestOfSource, scanSource } from './watch-digest.ts';

/** It looks this often although no event came: a link or a directory exchanged above the source gives none. */
const SLOW_POLL_MS = 10_000;
/** Where events fail (no more watches, a file system without them), it looks this often instead. */
const FALLBACK_POLL_MS = 2_000;
const QUIET_MS = 100;
/** A source that is never quiet is looked at nevertheless, after this long. */
const RESTLESS_MS = 2_000;
/** How often directories may change while they are being watched, before the next event is waited for. */
const ROUNDS_MAX = 8;

export interface WatchOptions {
  /** A directory or a file. It may come and go. */
  readonly path: string;
  /** Called when the content is another than at the last call, or than when watching began. */
  readonly onChange: () => void;
  /** Looks once the source was quiet for this long, in milliseconds (default 100). */
  readonly quietMs?: number;
  /** Also looks this often without any event, in milliseconds (default 10,000; 2,000 where events fail). */
  readonly pollMs?: number;
  /** false: only polling, for file systems that give no events. Default true. */
  readonly useEvents?: boolean;
}

export interface PolicyWatch {
  /** True once it can only poll, because events could not be had. */
  readonly isPolling: boolean;
  /** Stops. No call of onChange comes after it. */
  close(): void;
}

/**
 * Starts watching; what the source holds at this moment is what changes are compared with. Open it before
 * the policy is first loaded: then a change between the two is seen. Never rejects.
 */
export async function openPolicyWatch(options: WatchOptions): Promise<PolicyWatch> {
  const source = new SourceWatch(options);
  await source.open();
  return source;
}

class SourceWatch implements PolicyWatch {
  readonly #options: WatchOptions;
  readonly #quietMs: number;
  #digest = '';
  #watchers: FSWatcher[] = [];
  #quiet: NodeJS.Timeout | null = null;
  #restlessSinceMs = 0;
  #poll: NodeJS.Timeout | null = null;
  #isLooking = false;
  #lookAgain = false;
  #isClosed = false;
  #isPolling = false;

  constructor(options: WatchOptions) {
    this.#options = { ...options, path: resolve(options.path) };
    this.#quietMs = options.quietMs ?? QUIET_MS;
  }

  get isPolling(): boolean {
    return this.#isPolling;
  }

  async open(): Promise<void> {
    const { pollMs = SLOW_POLL_MS, useEvents = true } = this.#options;
    if (useEvents) this.#startPolling(pollMs);
    else this.#fallBack();
    this.#digest = await this.#watchAndDigest();
  }

  close(): void {
    this.#isClosed = true;
    this.#closeWatchers();
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    if (this.#poll !== null) clearInterval(this.#poll);
  }

  /** Looks soon. Every event puts it off, so that a file is not read while it is being written. */
  #lookSoon(): void {
    if (this.#isClosed) return;
    if (this.#quiet !== null) {
      if (performance.now() - this.#restlessSinceMs < RESTLESS_MS) this.#quiet.refresh();
      return;
    }
    this.#restlessSinceMs = performance.now();
    this.#quiet = setTimeout(() => {
      this.#quiet = null;
      void this.#look();
    }, this.#quietMs).unref();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    do {
      this.#lookAgain = false;
      await this.#compare();
    } while (this.#lookAgain && !this.#isClosed);
    this.#isLooking = false;
  }

  async #compare(): Promise<void> {
    const digest = await this.#watchAndDigest();
    if (this.#isClosed || digest === this.#digest) return;
    this.#digest = digest;
    try {
      this.#options.onChange();
    } catch {
      // What the caller does with it is the caller's own affair; watching goes on.
    }
  }

  /**
   * INVARIANT: what is digested was watched before, so that a later change gives an event. The watchers
   * are opened anew each time: a directory can be replaced by another one of the same name.
   */
  async #watchAndDigest(): Promise<string> {
    const { path } = this.#options;
    let scan = await scanSource(path);
    for (let round = 0; round < ROUNDS_MAX && this.#isListening(); round += 1) {
      this.#listenTo(scan.directories);
      const watched = scan.directories;
      scan = await scanSource(path);
      if (scan.directories.join('\0') === watched.join('\0')) break;
    }
    return digestOfSource(path, scan);
  }

  #isListening(): boolean {
    return !this.#isClosed && !this.#isPolling;
  }

  #listenTo(directories: readonly string[]): void {
    const { path } = this.#options;
    const before = this.#watchers;
    this.#watchers = [];
    try {
      // The directory that it is in sees it come, go, and be replaced.
      this.#watchers.push(this.#listen(dirname(path), basename(path)));
      for (const directory of directories) this.#watchers.push(this.#listen(directory, null));
    } catch (error) {
      // One of them just went away: the event of that is waiting. Anything else will not get better.
      if (this.#watchers.length === 0 || codeOf(error) !== 'ENOENT') this.#fallBack();
      else this.#lookSoon();
    }
    for (const watcher of before) watcher.close();
  }

  #listen(directory: string, only: string | null): FSWatcher {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      // Of the parent only what is about the source; a file of a mounted volume changes by a link beside it.
      if (only === null || name === null || name === only || name.startsWith('..')) this.#lookSoon();
    });
    watcher.on('error', () => this.#fallBack());
    return watcher;
  }

  #fallBack(): void {
    this.#closeWatchers();
    this.#isPolling = true;
    if (this.#isClosed) return;
    this.#startPolling(this.#options.pollMs ?? FALLBACK_POLL_MS);
    this.#lookSoon();
  }

  #startPolling(intervalMs: number): void {
    if (this.#poll !== null) clearInterval(this.#poll);
    // Once an event came, the look that follows it waits until the source is quiet.
    this.#poll = setInterval(() => {
      if (this.#quiet === null) void this.#look();
    }, intervalMs).unref();
  }

  #closeWatchers(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
