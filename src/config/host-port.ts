// Addresses to listen on, `127.0.0.1:7070` or `[::1]:7070`. Names are not resolved: what a name means
// can change, and what is listened on must not.
import { isIPv4, isIPv6 } from 'node:net';

/** An address to listen on. */
export interface HostPort {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

const FORM = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/;

/** Parses an address, or null when it is none. */
export function parseHostPort(text: string): HostPort | null {
  const match = FORM.exec(text);
  const [, ipv6, ipv4, digits] = match ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return null;
  if (ipv6 !== undefined) return isIPv6(ipv6) ? { host: ipv6, port } : null;
  return ipv4 !== undefined && isIPv4(ipv4) ? { host: ipv4, port } : null;
}

/** Whether only this machine (or pod) reaches it. */
export function isLoopback({ host }: HostPort): boolean {
  return host.startsWith('127.') || host === '::1';
}
