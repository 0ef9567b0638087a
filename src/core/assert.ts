// Assertions for programmer mistakes. They stay on in production: a sidecar that is wrong about
// itself must stop deciding.

/** Thrown when the program, not its input, is wrong. Reaches callers as INTERNAL with a fixed text. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws AssertionFailure unless the condition holds. The message must hold no input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Marks a switch as exhaustive: does not compile while a case is missing. */
export function assertNever(value: never, message: string): never {
  throw new AssertionFailure(`${message}: ${typeof value}`);
}
