// Brings the search index up to the whole log at once, as the reader thread does in the background.
import { IndexFollower } from '../../src/storage/reader/index-follower.ts';
import { LogSource } from '../../src/storage/reader/log-source.ts';

export function indexLog(
  dataDirectory: string,
  onProblem = (problem: unknown): void => {
    throw problem;
  },
): void {
  const log = LogSource.open(dataDirectory);
  const follower = new IndexFollower({ dataDirectory, log, onProblem });
  while (follower.indexed < log.head().size) follower.step(log.head().size);
  follower.close();
  log.close();
}
