// What a function throws, to look at more than its message.

/** The error, or null when none is thrown. */
export function thrownBy(attempt: () => unknown): unknown {
  try {
    attempt();
    return null;
  } catch (error) {
    return error;
  }
}
