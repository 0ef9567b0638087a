// Verifies the log: recomputes every leaf hash and the tree, and compares with the ledger's own state.
// It reports, it never repairs. A log whose end was cut off together with the state agrees with itself:
// noticing that takes a checkpoint kept elsewhere (a later part).
import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { leafHash, MerkleFrontier } from '../../core/merkle.ts';
import type { VerifyProgress, VerifyResult } from '../../pdp/audit-port.ts';
import { isDamage } from '../sql-error.ts';
import { scanCanonicalObject } from './canonical-scan.ts';
import type { LogHead, LogSource, RawLeaf } from './log-source.ts';
import { ErasedValues, type LackingRecord, missingFields } from './missing-values.ts';
import { agreesWithLeaf } from './private-check.ts';

const PROGRESS_EVERY_DEFAULT = 100_000;

/** Records read at once: others get a turn after each, a few milliseconds apart. */
const RECORDS_PER_READ = 512;

const MEMBERS: ReadonlySet<string> = new Set(['index', 'kind', 'log_id', 'v']);

/** What was found so far. */
interface Finding {
  readonly index: number;
  readonly problem: string;
}

/**
 * Reports progress at every so many records (0: 100,000) and the result in the last message. Verifies
 * the records that were committed when it was called. Ends without a result when the signal aborts.
 */
export async function* verifyLog(
  log: LogSource,
  progressEvery: number,
  signal: AbortSignal,
): AsyncGenerator<VerifyProgress, void, undefined> {
  const head = log.head();
  const every = progressEvery === 0 ? PROGRESS_EVERY_DEFAULT : progressEvery;
  const tree = MerkleFrontier.empty(sha256);
  let finding: Finding | null = null;
  let erased: ErasedValues | null = null;
  let reported = 0;
  for (let at = 0; at < head.size && finding === null; at += RECORDS_PER_READ) {
    if (signal.aborted) return;
    const below = Math.min(head.size, at + RECORDS_PER_READ);
    const lacking: LackingRecord[] = [];
    finding = appendNext(tree, log, { head, from: at, below, lacking });
    if (lacking.length > 0) {
      erased ??= await ErasedValues.read(log, head.size, signal);
      if (signal.aborted) return;
      finding = foundMissing(lacking, erased) ?? finding;
    }
    if (tree.size - reported >= every) {
      reported = tree.size;
      yield { records: tree.size, logSize: head.size, result: null };
    }
    await nextTurn();
  }
  finding ??= foundInState(tree, head) ?? foundOutside(log);
  yield { records: tree.size, logSize: head.size, result: resultOf(head.logId, tree, finding) };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

/** Records to read, and where to note those whose values are not all there. */
interface Stretch {
  readonly head: LogHead;
  readonly from: number;
  readonly below: number;
  readonly lacking: LackingRecord[];
}

/** Reads and appends. A damaged database file is a finding, too. */
function appendNext(tree: MerkleFrontier, log: LogSource, stretch: Stretch): Finding | null {
  try {
    return appendAll(tree, log.rawLeaves(stretch.from, stretch.below), stretch);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { index: tree.size, problem: `The database file is damaged at record ${tree.size} or behind it.` };
  }
}

/** Appends the leaves of [from, below) to the tree, up to the first that does not agree. */
function appendAll(tree: MerkleFrontier, leaves: readonly RawLeaf[], stretch: Stretch): Finding | null {
  for (let i = 0; i < stretch.below - stretch.from; i++) {
    const leaf = leaves[i];
    const index = stretch.from + i;
    if (leaf === undefined || leaf.index !== index) return { index, problem: `Record ${index} is missing.` };
    const text = Buffer.from(leaf.bytes).toString();
    const problem = faultOf(leaf, text, stretch.head.logId);
    if (problem !== null) return { index, problem: `Record ${index} ${problem}` };
    const fields = missingFields(leaf.private, text);
    if (fields.length > 0) stretch.lacking.push({ index, fields });
    tree.append(leafHash(leaf.bytes, sha256));
  }
  return null;
}

function faultOf(
  { index, bytes, private: privatePart }: RawLeaf,
  text: string,
  logId: string,
): string | null {
  const members = scanCanonicalObject(bytes, MEMBERS);
  if (members === null) return 'is not canonical JSON.';
  if (members['v'] !== '1') return 'is of a version that this program does not know.';
  if (members['index'] !== `"${index}"`) return 'names another index than its own.';
  if (members['log_id'] !== `"${logId}"`) return 'names another log.';
  if ((members['kind'] === '"log_opened"') !== (index === 0))
    return 'opens a log, or does not, at this place.';
  if (privatePart !== '' && !agreesWithLeaf(privatePart, text)) {
    return 'does not commit to the values that are kept beside it.';
  }
  return null;
}

/** The first record that lacks a value which nothing says was erased. */
function foundMissing(lacking: readonly LackingRecord[], erased: ErasedValues): Finding | null {
  for (const record of lacking) {
    const rest = erased.unexplained(record);
    if (rest === null) continue;
    const { index, fields } = rest;
    const problem = `Record ${index}: the values behind its commitments are missing (${fields.join(', ')}).`;
    return { index, problem };
  }
  return null;
}

/** Compares the recomputed tree with the one that the ledger keeps. */
function foundInState(tree: MerkleFrontier, head: LogHead): Finding | null {
  const stored = MerkleFrontier.decode(head.frontier, sha256);
  if (stored === null || stored.size !== head.size) {
    return { index: 0, problem: "The ledger's state does not hold a tree of the log's size." };
  }
  const [ours, theirs] = [subtrees(tree), subtrees(stored)];
  for (const [place, { from, below, root }] of ours.entries()) {
    if (theirs[place]?.root === root) continue;
    return {
      index: from,
      problem: `At least one of the records ${from} to ${below - 1} is not the one that was recorded.`,
    };
  }
  return null;
}

/** Roots of the complete subtrees with the records under each; from the encoded form (core/merkle.ts). */
function subtrees(
  tree: MerkleFrontier,
): readonly { readonly from: number; readonly below: number; readonly root: string }[] {
  const bytes = Buffer.from(tree.encode());
  const rows: { from: number; below: number; root: string }[] = [];
  let from = 0;
  for (let rest = tree.size, start = 8; rest > 0; start += 32) {
    const leaves = 2 ** Math.floor(Math.log2(rest));
    rows.push({ from, below: from + leaves, root: bytes.toString('hex', start, start + 32) });
    from += leaves;
    rest -= leaves;
  }
  return rows;
}

/** Records that no commit of the ledger can have left: before the first or behind the last. */
function foundOutside(log: LogSource): Finding | null {
  const { first, last, size } = log.extent();
  if (first < 0) return { index: 0, problem: `Record ${first} stands before the first.` };
  if (last >= size) return { index: size, problem: `Record ${last} stands behind the last.` };
  return null;
}

function resultOf(logId: string, tree: MerkleFrontier, finding: Finding | null): VerifyResult {
  return {
    ok: finding === null,
    logId,
    // The root over a part, or over what does not agree, is of no log: an auditor would compare it with one later.
    rootHash: finding === null ? Uint8Array.from(tree.root()) : new Uint8Array(0),
    firstBadIndex: finding?.index ?? null,
    problem: finding?.problem ?? '',
  };
}
