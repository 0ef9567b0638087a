// Lists of texts as they are stored, parsed once: many keys have the same scopes, most have no networks.
import { ownText } from './own-text.ts';

/** Beyond this the table begins anew. */
const KNOWN_MAX = 1_024;
/** Longer ones are rarely shared. */
const KNOWN_CHARACTERS_MAX = 1_024;

const known = new Map<string, readonly string[]>();

/** The texts of a JSON array that we wrote. They are shared: nobody may change them. */
export function knownTexts(json: string): readonly string[] {
  return known.get(json) ?? learn(json);
}

function learn(json: string): readonly string[] {
  const texts = Object.freeze(JSON.parse(json) as string[]);
  if (json.length > KNOWN_CHARACTERS_MAX) return texts;
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(ownText(json), texts);
  return texts;
}
