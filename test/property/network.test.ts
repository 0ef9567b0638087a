// Law: our reading of addresses and networks agrees with an independent library, ipaddr.js.
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { formatIp, normaliseIp, parseIp } from '../../src/core/ip-address.ts';
import { networkContains, parseNetwork } from '../../src/core/network.ts';
import { campaignRuns } from '../support/campaign.ts';

/**
 * `::192.0.2.1` is left out: the library reads it as IPv4-mapped. RFC 4291 says IPv4-compatible, which is
 * an IPv6 address of its own, and so do we.
 */
function isReadOtherwise(text: string): boolean {
  return text.startsWith('::') && text.includes('.') && !text.slice(2).includes(':');
}

const address = fc.oneof(fc.ipV4(), fc.ipV6()).filter((text) => !isReadOtherwise(text));

/** The library's reading, in our normal form. */
function oracleNormal(text: string): string {
  const parsed = ipaddr.process(text);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.parse(text).toRFC5952String();
}

test('a valid address is read as the library reads it, and its normal form is a fixed point', () => {
  fc.assert(
    fc.property(address, (text) => {
      const normal = normaliseIp(text);
      expect(normal).toBe(oracleNormal(text));
      expect(normaliseIp(normal ?? '')).toBe(normal);
    }),
    campaignRuns(20_000),
  );
});

test('a text with one changed character is an address for us only if it is one for the library', () => {
  const change = fc.tuple(address, fc.nat(45), fc.constantFrom(...'0123456789abcdefg:.%/ x'), fc.boolean());
  fc.assert(
    fc.property(change, ([text, place, character, insert]) => {
      const at = place % (text.length + 1);
      const changed = text.slice(0, at) + character + text.slice(insert ? at : at + 1);
      if (parseIp(changed) === null || isReadOtherwise(changed)) return;
      expect(ipaddr.isValid(changed)).toBe(true);
      expect(normaliseIp(changed)).toBe(oracleNormal(changed));
    }),
    campaignRuns(50_000),
  );
});

test('membership is what the library says, for random pairs and for neighbours at the edges', () => {
  const pair = fc.tuple(address, address, fc.nat(128), fc.nat(127), fc.boolean());
  fc.assert(
    fc.property(pair, ([base, other, length, flip, near]) => {
      const ip = parseIp(base);
      if (ip === null) throw new Error('not an address');
      const width = ip.family === 4 ? 32 : 128;
      const prefixBits = length % (width + 1);
      const first = formatIp(cleared(ip, prefixBits));
      const probe = near ? flipped(ip, flip % width) : other;
      const network = parseNetwork(`${first}/${prefixBits}`);
      const address = parseIp(probe);
      if (network === null || address === null) throw new Error('not parsed');
      const range = ipaddr.parse(first);
      const parsed = ipaddr.process(probe);
      const expected = parsed.kind() === range.kind() && parsed.match(range, prefixBits);
      expect(networkContains(network, address)).toBe(expected);
    }),
    campaignRuns(20_000),
  );
});

type Ip = NonNullable<ReturnType<typeof parseIp>>;

function bitsOf(ip: Ip): { bits: string; width: number } {
  return ip.family === 4
    ? { bits: ip.bits.toString(2).padStart(32, '0'), width: 32 }
    : { bits: ip.groups.map((group) => group.toString(2).padStart(16, '0')).join(''), width: 128 };
}

function fromBits(bits: string): Ip {
  if (bits.length === 32) return { family: 4, bits: Number.parseInt(bits, 2) };
  return { family: 6, groups: (bits.match(/.{16}/g) ?? []).map((group) => Number.parseInt(group, 2)) };
}

function cleared(ip: Ip, prefixBits: number): Ip {
  const { bits, width } = bitsOf(ip);
  return fromBits(bits.slice(0, prefixBits).padEnd(width, '0'));
}

/** The same address with one bit flipped. */
function flipped(ip: Ip, place: number): string {
  const { bits } = bitsOf(ip);
  const bit = bits.charAt(place) === '1' ? '0' : '1';
  return formatIp(fromBits(bits.slice(0, place) + bit + bits.slice(place + 1)));
}
