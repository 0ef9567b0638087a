// Names of the contract's enums as people and scripts see them: `KEY_STATUS_ACTIVE` is `active`.

/** The name without its enum's prefix, in lower case. */
export function enumName(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length).toLowerCase() : value.toLowerCase();
}

/** `EFFECT_ALLOW` → `allow`. */
export function effectName(effect: string): string {
  return enumName(effect, 'EFFECT_');
}

/** `REASON_KEY_REVOKED` → `key_revoked`. */
export function reasonName(reason: string): string {
  return enumName(reason, 'REASON_');
}
