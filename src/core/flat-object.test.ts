// Putting a text together must not change it.
import { expect, test } from 'vitest';
import { flatObject } from './flat-object.ts';

test('the text is the same', () => {
  const pieces = Array.from({ length: 50 }, (_, place) => `"member_${place}":"${'é'.repeat(place)}"`);
  expect(flatObject(`{${pieces.join(',')}}`)).toBe(`{${pieces.join(',')}}`);
  expect(flatObject('{}')).toBe('{}');
});

test.for(['', '[]', '"{}"', ' {}'])('what is no object is refused: %s', (text) => {
  expect(() => flatObject(text)).toThrow('not a JSON object');
});
