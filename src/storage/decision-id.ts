// Decision ids as the 16 bytes that tables hold them by.

const PREFIX = 'dec_';
const PATTERN = /^dec_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Where the groups of four digits stand. */
const GROUP_STARTS = [4, 8, 13, 18, 23, 28, 32, 36] as const;
export const DECISION_GROUPS = GROUP_STARTS.length;

/** The UUID's bytes, or null when the text is not a decision id. */
export function decisionBytes(decisionId: string): Uint8Array | null {
  if (!PATTERN.test(decisionId)) return null;
  return Buffer.from(decisionId.slice(PREFIX.length).replaceAll('-', ''), 'hex');
}

/**
 * Reads the id of a recorded decision as numbers of 16 bits, without making anything: for every decision.
 * Different ids give different numbers; a text that is no id gives some, too.
 */
export function readDecisionGroups(decisionId: string, groups: Uint16Array): void {
  for (let place = 0; place < DECISION_GROUPS; place++) {
    const start = GROUP_STARTS[place] ?? 0;
    let group = 0;
    for (let at = start; at < start + 4; at++) group = (group << 4) | digitAt(decisionId, at);
    groups[place] = group;
  }
}

/** The digits 0 to 9 are 0x30 to 0x39, a to f are 0x61 to 0x66. */
function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return (code & 0xf) + (code >> 6) * 9;
}
