// Decision ids as the 16 bytes that tables hold them by.

const PREFIX = 'dec_';
const PATTERN = /^dec_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The UUID's bytes, or null when the text is not a decision id. */
export function decisionBytes(decisionId: string): Uint8Array | null {
  if (!PATTERN.test(decisionId)) return null;
  return Buffer.from(decisionId.slice(PREFIX.length).replaceAll('-', ''), 'hex');
}
