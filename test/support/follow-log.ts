// A process that builds the search index of the log in the directory given, in batches so small that it
// takes a while, and reports each: for tests that kill it.

import { IndexFollower } from '../../src/storage/reader/index-follower.ts';
import { LogSource } from '../../src/storage/reader/log-source.ts';

const RECORDS_PER_STEP = 97;
const dataDirectory = process.argv[2] ?? '';
const log = LogSource.open(dataDirectory);
const follower = new IndexFollower({
  dataDirectory,
  log,
  onProblem: (problem) => {
    throw problem;
  },
});
const { size } = log.head();
while (follower.indexed < size) {
  follower.step(Math.min(size, follower.indexed + RECORDS_PER_STEP));
  process.stdout.write(`${follower.indexed}\n`);
}
