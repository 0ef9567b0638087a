// The shapes of ids that we gave out (CONTRACT.md, On the wire). Of the right shape is not yet known.

const KEY_ID_PATTERN = /^key_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DECISION_ID_PATTERN = /^dec_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a text is `key_` + UUIDv7. */
export function isKeyId(text: string): boolean {
  return KEY_ID_PATTERN.test(text);
}

/** Whether a text is `dec_` + UUIDv4. */
export function isDecisionId(text: string): boolean {
  return DECISION_ID_PATTERN.test(text);
}
