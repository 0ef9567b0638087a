// Networks in CIDR form, and the bucket that failures of a source are counted in. A network that cannot
// be read contains nothing: a damaged row must never open a key to more addresses.
import { formatIp, type IpAddress, parseIp } from './ip-address.ts';

/** A network. `ip` has no bit set behind the prefix. */
export interface IpNetwork {
  readonly ip: IpAddress;
  /** 0-32 for IPv4, 0-128 for IPv6. */
  readonly prefixBits: number;
}

/** Bucket of sources without an address: they share one. */
export const NO_SOURCE = 'none';

/**
 * Parses `address/bits`, or null. Bits behind the prefix must be zero, because `192.0.2.7/24` is more
 * often a mistake than meant. A network inside `::ffff:0:0/96` is the IPv4 network that it stands for.
 */
export function parseNetwork(text: string): IpNetwork | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const ip = parseIp(text.slice(0, slash));
  const bits = parsePrefix(text, slash + 1);
  if (ip === null || bits === null) return null;
  const isMapped = ip.family === 4 && text.includes(':');
  const prefixBits = isMapped ? bits - 96 : bits;
  if (prefixBits < 0 || prefixBits > (ip.family === 4 ? 32 : 128)) return null;
  const network = { ip, prefixBits };
  return sameIp(maskIp(ip, prefixBits), ip) ? network : null;
}

/** The one text of a network, or null when it is not one. */
export function normaliseNetwork(text: string): string | null {
  const network = parseNetwork(text);
  return network === null ? null : formatNetwork(network);
}

export function formatNetwork(network: IpNetwork): string {
  return `${formatIp(network.ip)}/${network.prefixBits}`;
}

/** Whether the address is in the network. IPv4 and IPv6 never contain each other. */
export function networkContains(network: IpNetwork, ip: IpAddress): boolean {
  return sameIp(maskIp(ip, network.prefixBits), network.ip);
}

/**
 * Where failures of a source are counted: an IPv4 address itself, an IPv6 address by its prefix (one
 * customer holds a whole prefix and could use a fresh address for each try), and `none` without one.
 * Takes a normalised address; anything else counts as none.
 */
export function sourceBucket(ip: string | null, ipv6PrefixBits: number): string {
  if (ip === null) return NO_SOURCE;
  if (!ip.includes(':')) return ip;
  const parsed = parseIp(ip);
  if (parsed === null) return NO_SOURCE;
  if (parsed.family === 4) return formatIp(parsed);
  return formatNetwork({ ip: maskIp(parsed, ipv6PrefixBits), prefixBits: ipv6PrefixBits });
}

/** Decimal digits without a leading zero up to the end of the text, or null. */
function parsePrefix(text: string, start: number): number | null {
  const digits = text.length - start;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charAt(start) === '0')) return null;
  let value = 0;
  for (let place = start; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit < 48 || unit > 57) return null;
    value = value * 10 + (unit - 48);
  }
  return value;
}

function maskIp(ip: IpAddress, prefixBits: number): IpAddress {
  if (ip.family === 4) return { family: 4, bits: maskBits(ip.bits, prefixBits, 32) };
  return {
    family: 6,
    groups: ip.groups.map((group, place) => maskBits(group, prefixBits - place * 16, 16)),
  };
}

/** Clears all bits behind the first `keep` of `width`. */
function maskBits(bits: number, keep: number, width: number): number {
  if (keep <= 0) return 0;
  if (keep >= width) return bits;
  const unit = 2 ** (width - keep);
  return bits - (bits % unit);
}

function sameIp(one: IpAddress, other: IpAddress): boolean {
  if (one.family === 4) return other.family === 4 && one.bits === other.bits;
  return other.family === 6 && one.groups.every((group, place) => group === other.groups[place]);
}
