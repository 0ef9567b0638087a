// Whether a file or a connection can still be opened. When none can, the system accepts connections and closes
// them at once, and Node says nothing of it: callers see resets, and every probe that is connected stays green.
import { closeSync, openSync } from 'node:fs';

const PROBLEMS: Readonly<Record<string, string>> = {
  EMFILE: 'the process may open no more files and connections',
  ENFILE: 'the machine can open no more files and connections',
};

/** Why nothing can be opened; null: something can, or it is for another reason that it cannot. */
export function descriptorProblem(): string | null {
  try {
    closeSync(openSync('/dev/null', 'r'));
    return null;
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), 'code');
    return PROBLEMS[String(code)] ?? null;
  }
}
