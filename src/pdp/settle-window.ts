// Windows: floods of failures and of over-limit checks are counted instead of recorded one by one, so
// that they cannot fill the disk. The record that opens a window stands before anything counted in it.
import { canonicalJson, quoteText } from '../core/canonical-json.ts';
import { commitment } from '../core/commitment.ts';
import { encodeWindowClosed, encodeWindowOpened, type WindowCount, type WindowKind } from '../core/leaf.ts';
import type { Reason } from '../core/reason.ts';
import type { GroupPlan } from './settle-plan.ts';
import type { OpenWindow } from './settle-view.ts';

/** Windows open at once. A flood from ever new addresses shares one window beyond it. */
export const OPEN_WINDOWS_MAX = 4_096;

/** Pairs of key and reason that one window counts apart; more are counted without their key. */
const COUNTS_MAX = 256;

const US_PER_MS = 1_000;

/** Whose checks a window counts. */
export interface WindowSubject {
  readonly kind: WindowKind;
  /** Set for `over_limit`. */
  readonly keyId: string | null;
  readonly companyId: string | null;
  /** Set for `source_failures`. */
  readonly sourceBucket: string;
}

export type ClosingReason = 'idle' | 'length' | 'stop' | 'recovered';

/** Counts one check; opens the window when there is none. Returns the window's id. */
export function countInWindow(
  plan: GroupPlan,
  subject: WindowSubject,
  counted: { readonly keyId: string | null; readonly reason: Reason },
): string {
  const name = subject.kind === 'over_limit' ? `k|${subject.keyId}` : `s|${subject.sourceBucket}`;
  const window = plan.window(name) ?? openWindow(plan, subject, name);
  const state = plan.windows.get(window.subject)?.state === 'opened' ? 'opened' : 'counted';
  plan.windows.set(window.subject, {
    state,
    window: {
      ...window,
      countedAtUs: plan.time.nowUs,
      counts: addCount(window.counts, counted.keyId, counted.reason),
    },
  });
  return window.windowId;
}

/** Closes the windows that are due, or all of them. */
export function closeWindows(plan: GroupPlan, because: 'due' | 'stop' | 'recovered'): void {
  for (const window of plan.view.windows.values()) {
    const reason = because === 'due' ? dueBecause(plan, window) : because;
    if (reason !== null) closeWindow(plan, window, reason);
  }
}

function dueBecause(plan: GroupPlan, window: OpenWindow): ClosingReason | null {
  const { windowIdleMs, windowLengthMsMax } = plan.tools.rules;
  if (plan.time.nowUs - window.countedAtUs >= windowIdleMs * US_PER_MS) return 'idle';
  if (plan.time.nowUs - window.openedAtUs >= windowLengthMsMax * US_PER_MS) return 'length';
  return null;
}

function closeWindow(plan: GroupPlan, window: OpenWindow, because: ClosingReason): void {
  const leaf = encodeWindowClosed(
    { logId: plan.view.logId, index: plan.nextIndex },
    {
      windowId: window.windowId,
      windowKind: window.kind,
      openedAtUs: window.openedAtUs,
      closedAtUs: plan.time.nowUs,
      counts: window.counts,
      because,
    },
  );
  plan.append(leaf, '');
  plan.windows.set(window.subject, { state: 'closed', window });
  plan.windowsClosed.push(window);
  plan.openWindows -= 1;
}

/** Opens a window, or takes the shared one when too many are open. */
function openWindow(plan: GroupPlan, subject: WindowSubject, name: string): OpenWindow {
  const shared = plan.openWindows >= OPEN_WINDOWS_MAX;
  const sharedName = `${subject.kind}|*`;
  const existing = shared ? plan.window(sharedName) : undefined;
  if (existing !== undefined) return existing;
  const window: OpenWindow = {
    subject: shared ? sharedName : name,
    windowId: plan.tools.ids.windowId(plan.time.nowUs),
    kind: subject.kind,
    keyId: shared ? null : subject.keyId,
    companyId: shared ? null : subject.companyId,
    openedAtUs: plan.time.nowUs,
    countedAtUs: plan.time.nowUs,
    counts: [],
  };
  const source = subject.kind === 'source_failures' && !shared ? commitTo(plan, subject.sourceBucket) : null;
  const leaf = encodeWindowOpened(
    { logId: plan.view.logId, index: plan.nextIndex },
    {
      windowId: window.windowId,
      windowKind: window.kind,
      keyId: window.keyId,
      companyId: window.companyId,
      sourceCommitment: source?.hash ?? null,
      openedAtUs: window.openedAtUs,
    },
  );
  plan.append(leaf, source?.private ?? '');
  plan.windows.set(window.subject, { state: 'opened', window });
  plan.openWindows += 1;
  return window;
}

function commitTo(plan: GroupPlan, bucket: string): { readonly hash: string; readonly private: string } {
  const salt = plan.tools.ids.salt();
  return {
    hash: commitment(salt, quoteText(bucket), plan.tools.saltedHash),
    private: canonicalJson({ source: { salt, value: bucket } }),
  };
}

function addCount(
  counts: readonly WindowCount[],
  keyId: string | null,
  reason: Reason,
): readonly WindowCount[] {
  const place = counts.findIndex((each) => each.keyId === keyId && each.reason === reason);
  const found = counts[place];
  if (found !== undefined) return counts.with(place, { ...found, count: found.count + 1 });
  if (keyId !== null && counts.length >= COUNTS_MAX) return addCount(counts, null, reason);
  return [...counts, { keyId, reason, count: 1 }];
}
