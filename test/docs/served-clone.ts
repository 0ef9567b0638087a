/**
 * A newcomer's clone in which a sidecar serves the sample, for all tests of a file. Both are gone after the
 * last of them.
 */
import { afterAll, beforeAll } from 'vitest';
import { newPlace, type Place, type Serving, serveSample } from '../cli/running-sidecar.ts';
import { copyClone } from '../support/copied-clone.ts';

export interface ServedClone {
  readonly place: Place;
  readonly serving: Serving;
  /** `host:port`, as the start printed it. */
  readonly address: string;
}

/** To be called once in a file; what it returns is for its tests. */
export function servedClone(): () => ServedClone {
  let clone: ServedClone | null = null;
  beforeAll(async () => {
    const place = newPlace();
    copyClone(place.directory);
    const serving = await serveSample(place);
    clone = { place, serving, address: /--address (\S+)/.exec(serving.output())?.[1] ?? '' };
  });
  afterAll(async () => {
    await clone?.serving.stop();
    clone?.place.remove();
  });
  return () => {
    if (clone === null) throw new Error('the sidecar was not started');
    return clone;
  };
}
