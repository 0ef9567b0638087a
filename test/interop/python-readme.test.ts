/**
 * The README's Python example, as it stands: protoc over our contract, then a check. Run with POSTERN_PYTHON
 * set; without it vitest.config.ts leaves this file out and says so.
 */
import { expect, onTestFinished, test } from 'vitest';
import { newPlace, pasted, serveSample } from '../cli/running-sidecar.ts';
import { copyClone } from '../support/copied-clone.ts';
import { exampleOf } from '../support/markdown-page.ts';
import { pythonPath } from '../support/python-stubs.ts';
import { standInCommand } from '../support/stand-in-command.ts';

test('the README’s Python runs, and is allowed', async () => {
  const place = newPlace();
  onTestFinished(() => place.remove());
  copyClone(place.directory);
  const serving = await serveSample(place);
  onTestFinished(async () => void (await serving.stop()));
  const address = /--address (\S+)/.exec(serving.output())?.[1] ?? '';
  const path = standInCommand(place.directory, 'python3', [pythonPath()]);
  const example = exampleOf('README.md', 'python').replaceAll('127.0.0.1:7070', address);
  const { code, out, err } = await pasted(place, path + example);
  expect({ code, out, err }).toEqual({ code: 0, out: 'EFFECT_ALLOW cmp_aurora\n', err: '' });
});
