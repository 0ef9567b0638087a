/**
 * Finds the line of a member in a JSON text, for messages to people. Takes the names on the way to it, not a
 * text with dots: a dot may belong to a name, and operations have one in theirs.
 */

/** Line of the member, from 1; that of the nearest parent found when the member itself is missing. */
export function lineOfPath(text: string, path: readonly string[]): number {
  let node: unknown = JSON.parse(text);
  let at = text.search(/\S/);
  for (const name of path.slice(0, depthOfPath(text, path))) {
    if (!Array.isArray(node)) at = placeOfMember(text, at, name);
    node = Reflect.get(Object(node), name);
  }
  return text.slice(0, at).split('\n').length;
}

/** How many names of the path there are in the text, one in the other. */
export function depthOfPath(text: string, path: readonly string[]): number {
  let node: unknown = JSON.parse(text);
  const missing = path.findIndex((name) => {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return true;
    node = Reflect.get(node, name);
    return false;
  });
  return missing === -1 ? path.length : missing;
}

/** Place of `"name":` among the direct members of the object that follows `from`. */
function placeOfMember(text: string, from: number, name: string): number {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]]/g;
  tokens.lastIndex = text.indexOf('{', from);
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === '{' || token[0] === '[') depth += 1;
    else if (token[0] === '}' || token[0] === ']') depth -= 1;
    else if (depth === 1 && isNameAt(text, token.index, token[0], name)) return token.index;
    if (depth === 0) break;
  }
  return from;
}

function isNameAt(text: string, at: number, token: string, name: string): boolean {
  return JSON.parse(token) === name && /^\s*:/.test(text.slice(at + token.length));
}
