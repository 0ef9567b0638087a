/**
 * Hosts, mail and network addresses: only what is reserved for documentation, loopback, and the public
 * sites that are named here. Nothing of anyone's own network may be named.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { type Leak, leaksOf, type RepositoryFile } from './repository-file.ts';

/** Public documentation and standards that the repository refers to. */
const PUBLIC_HOSTS = new Set([
  'c2sp.org',
  'datatracker.ietf.org',
  'docs.npmjs.com',
  'github.com',
  'grpc.io',
  'json-schema.org',
  'keepachangelog.com',
  'kubernetes.io',
  'no-color.org',
  'nodejs.org',
  'opensource.org',
  'protobuf.dev',
  'registry.npmjs.org',
  'semver.org',
  'sqlite.org',
  'www.apache.org',
  'www.openpolicyagent.org',
  'www.rfc-editor.org',
  'www.sqlite.org',
]);

const FICTIONAL_HOST = /(^|\.)(example(\.(com|org|net))?|test|invalid|localhost)$/;
/** Written by npm and by OPA: pages for funding, examples in descriptions. */
const NO_HOSTS = /(^|\/)package-lock\.json$|^policies\/capabilities\.json$/;

const allowedV4 = new BlockList();
allowedV4.addSubnet('127.0.0.0', 8);
allowedV4.addSubnet('192.0.2.0', 24);
allowedV4.addSubnet('198.51.100.0', 24);
allowedV4.addSubnet('203.0.113.0', 24);
allowedV4.addAddress('0.0.0.0');
allowedV4.addAddress('255.255.255.255');
// The neighbours of 192.0.2.0/24, to test where a network ends.
allowedV4.addAddress('192.0.1.255');
allowedV4.addAddress('192.0.3.0');

const allowedV6 = new BlockList();
allowedV6.addSubnet('2001:db8::', 32, 'ipv6');
// Reserved by the IETF, loopback and `::` among them, and link-local: nobody's in particular.
allowedV6.addSubnet('::', 8, 'ipv6');
allowedV6.addSubnet('fe80::', 10, 'ipv6');

const isFictional = (host: string) => FICTIONAL_HOST.test(host.toLowerCase());

function urlRule(host: string): string | null {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (PUBLIC_HOSTS.has(name) || isFictional(name) || isIPv4(name) || !name.includes('.')) return null;
  return `${name} is not one of the public hosts that the hygiene rules name`;
}

function addressRule(address: string): string | null {
  if (isIPv4(address)) return allowedV4.check(address) ? null : `${address} is not a documentation address`;
  if (!isIPv6(address)) return null;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return addressRule(mapped);
  return allowedV6.check(address, 'ipv6') ? null : `${address} is not a documentation address`;
}

const URL_HOST = /\bhttps?:\/\/(?:[^\s/@"'`]+@)?([A-Za-z0-9][A-Za-z0-9.-]*)/g;
const MAIL = /[\w.+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})\b/gi;
const INTERNAL_HOST = /\b(?:[a-z0-9-]+\.)+(?:internal|corp|intranet|intra|lan)\b/g;
const IPV4 = /(?<![\p{L}\p{N}_.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.-]|\.\d)/gu;
const IPV6 =
  /(?<![\w:.])(?=[0-9a-f:.]*[0-9a-f])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|\d+(?:\.\d+){3})?(?![\w:])/gi;

/** Hosts, mail addresses and network addresses that are neither fictional nor public. */
export function addressLeaks(file: RepositoryFile): Leak[] {
  if (file.isBinary || NO_HOSTS.test(file.path)) return [];
  return [
    ...leaksOf(file, URL_HOST, ([, host]) => urlRule(host ?? '')),
    ...leaksOf(file, MAIL, ([, host]) =>
      isFictional(host ?? '') ? null : `${host} is not a fictional mail domain`,
    ),
    ...leaksOf(file, INTERNAL_HOST, ([host]) => `${host} looks like an internal host`),
    ...leaksOf(file, IPV4, ([address]) => addressRule(address)),
    ...leaksOf(file, IPV6, ([address]) => addressRule(address)),
  ];
}
