// How many random cases a property test runs, and with which seed. The seed is always printed, so that
// any run can be repeated: SEED=<number> npm run campaign.

/** How much longer a full campaign is. */
const FULL_FACTOR = 20;

/** Parameters for fast-check: a sample by default, many more under CAMPAIGN=full. */
export function campaignRuns(sampleRuns: number): { readonly numRuns: number; readonly seed: number } {
  const numRuns = process.env['CAMPAIGN'] === 'full' ? sampleRuns * FULL_FACTOR : sampleRuns;
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`property: seed ${seed}, ${numRuns} cases\n`);
  return { numRuns, seed };
}
