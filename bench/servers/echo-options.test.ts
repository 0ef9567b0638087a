// The floor is only a floor with the options that Postern's own server has.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ECHO_OPTIONS } from './echo-options.ts';

const SERVER = readFileSync(new URL('../../src/grpc/server.ts', import.meta.url), 'utf8');

test('the floor sets the options of grpc-js that Postern sets, and no others', () => {
  const names = [...SERVER.matchAll(/^\s*'(grpc[\w.-]+)':/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(Object.keys(ECHO_OPTIONS).sort()).toEqual(names.toSorted());
});

test('bounds that are configured have their defaults', () => {
  const { grpc } = loadConfig({ file: null, env: {}, overrides: [], workingDirectory: '/' });
  expect(ECHO_OPTIONS['grpc.max_receive_message_length']).toBe(grpc.messageBytesMax);
  expect(ECHO_OPTIONS['grpc.max_concurrent_streams']).toBe(grpc.concurrentStreamsMax);
});
