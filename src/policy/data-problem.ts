// What is wrong at one place of a policy's data. The place is a list of names, because a name may hold a dot:
// the compiler finds its file and line, the engine tells it as it is.

export interface DataProblem {
  /** From the top of the data: `plans`, the plan's name, … */
  readonly path: readonly string[];
  readonly message: string;
}

/** A JSON object by its members, or null. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.fromEntries(Object.entries(value));
}
