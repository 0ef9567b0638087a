// What a failed read is called towards callers: the cause is kept for our log and never shown.
import { AssertionFailure } from '../../core/assert.ts';
import { PosternError } from '../../core/error.ts';
import { isDamage, sqlErrorCode } from '../sql-error.ts';

export function asReadError(error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  if (isDamage(error)) {
    return new PosternError('storage_damaged', 'The audit log cannot be read: its file is damaged.', {
      cause: error,
    });
  }
  if (error instanceof AssertionFailure || sqlErrorCode(error) === '') {
    return new PosternError('internal', 'The audit log could not be read.', { cause: error });
  }
  return new PosternError('storage_unavailable', 'The audit log cannot be read now.', { cause: error });
}

/** The same items; what it throws comes out as PosternError. */
export async function* reading<T>(items: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    throw asReadError(error);
  }
}
