// IPv4 and IPv6 addresses: parsing, one normal form, and printing (RFC 4291, RFC 5952). Strict, because
// two readings of one text are how address rules are evaded: no leading zeros, no zone ids, no short IPv4.

/** An address. An IPv4-mapped IPv6 address is the IPv4 address that it stands for. */
export type IpAddress =
  | { readonly family: 4; readonly bits: number }
  /** Eight groups of 16 bits. */
  | { readonly family: 6; readonly groups: readonly number[] };

const IP_CHARS_MAX = 45;
const COLON = 58;
const DOT = 46;
const ZERO = 48;

/** Parses an address, or null when the text is not exactly one. */
export function parseIp(text: string): IpAddress | null {
  if (text.length < 2 || text.length > IP_CHARS_MAX) return null;
  const bits = parseIpv4(text, 0);
  if (bits !== null) return { family: 4, bits };
  const groups = parseIpv6(text);
  if (groups === null) return null;
  const mapped = mappedBits(groups);
  return mapped === null ? { family: 6, groups } : { family: 4, bits: mapped };
}

/** The one text of an address, or null when it is not one. */
export function normaliseIp(text: string): string | null {
  const ip = parseIp(text);
  return ip === null ? null : formatIp(ip);
}

/** RFC 5952 text for IPv6, dotted decimal for IPv4. */
export function formatIp(ip: IpAddress): string {
  if (ip.family === 4) {
    return `${ip.bits >>> 24}.${(ip.bits >>> 16) & 255}.${(ip.bits >>> 8) & 255}.${ip.bits & 255}`;
  }
  return formatGroups(ip.groups);
}

/** Four decimal bytes from `start` to the end, as an unsigned number, or null. */
function parseIpv4(text: string, start: number): number | null {
  let bits = 0;
  let value = 0;
  let digits = 0;
  let dots = 0;
  for (let place = start; place < text.length; place++) {
    const unit = text.charCodeAt(place);
    if (unit === DOT) {
      if (digits === 0 || dots === 3) return null;
      bits = bits * 256 + value;
      value = 0;
      digits = 0;
      dots += 1;
      continue;
    }
    if (unit < ZERO || unit > ZERO + 9) return null;
    // A leading zero may be meant as octal.
    if (digits > 0 && value === 0) return null;
    value = value * 10 + (unit - ZERO);
    digits += 1;
    if (value > 255) return null;
  }
  return dots === 3 && digits > 0 ? bits * 256 + value : null;
}

/** Eight groups, or null. The last two may be written as an IPv4 address. */
function parseIpv6(text: string): readonly number[] | null {
  const groups: number[] = [];
  let gap = -1;
  let place = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return null;
    gap = 0;
    place = 2;
  }
  while (place < text.length) {
    if (groups.length === 8) return null;
    const end = groupEnd(text, place);
    if (text.charCodeAt(end) === DOT) {
      if (!pushIpv4Tail(text, place, groups)) return null;
      place = text.length;
      break;
    }
    const value = parseGroup(text, place, end);
    if (value === null) return null;
    groups.push(value);
    place = end;
    if (place === text.length) break;
    if (text.charCodeAt(place) !== COLON) return null;
    place += 1;
    if (text.charCodeAt(place) === COLON) {
      if (gap >= 0) return null;
      gap = groups.length;
      place += 1;
    } else if (place === text.length) return null;
  }
  return fillGap(groups, gap);
}

function groupEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== COLON && text.charCodeAt(end) !== DOT) end += 1;
  return end;
}

/** One to four hexadecimal digits, or null. */
function parseGroup(text: string, start: number, end: number): number | null {
  if (end === start || end - start > 4) return null;
  let value = 0;
  for (let place = start; place < end; place++) {
    const unit = text.charCodeAt(place);
    const lower = unit | 32;
    if (unit >= ZERO && unit <= ZERO + 9) value = value * 16 + (unit - ZERO);
    else if (lower >= 97 && lower <= 102) value = value * 16 + (lower - 87);
    else return null;
  }
  return value;
}

function pushIpv4Tail(text: string, start: number, groups: number[]): boolean {
  const bits = parseIpv4(text, start);
  if (bits === null || groups.length > 6) return false;
  groups.push(bits >>> 16, bits & 0xffff);
  return true;
}

function fillGap(groups: number[], gap: number): readonly number[] | null {
  if (gap < 0) return groups.length === 8 ? groups : null;
  // `::` stands for at least one group.
  if (groups.length > 7) return null;
  const zeros = new Array<number>(8 - groups.length).fill(0);
  return [...groups.slice(0, gap), ...zeros, ...groups.slice(gap)];
}

/** The IPv4 address inside `::ffff:0:0/96`, or null. */
function mappedBits(groups: readonly number[]): number | null {
  for (let place = 0; place < 5; place++) if (groups[place] !== 0) return null;
  if (groups[5] !== 0xffff) return null;
  return (groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0);
}

/** The longest run of two or more zero groups, the first of equals, becomes `::`. */
function formatGroups(groups: readonly number[]): string {
  let bestStart = -1;
  let bestLength = 1;
  let start = 0;
  for (let place = 0; place <= 8; place++) {
    if (groups[place] === 0) continue;
    if (place - start > bestLength) {
      bestStart = start;
      bestLength = place - start;
    }
    start = place + 1;
  }
  let text = '';
  for (let place = 0; place < 8; place++) {
    if (place === bestStart) {
      text += '::';
      place += bestLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += (groups[place] ?? 0).toString(16);
  }
  return text;
}
