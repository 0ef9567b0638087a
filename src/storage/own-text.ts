// Texts that outlive what they were cut from.

/**
 * The same text with memory of its own: a slice keeps all of the message or row alive that it was cut from,
 * which must not happen to what is kept in a table.
 */
export function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
