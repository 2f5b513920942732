import { lookup as resolveName } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { callHttps, type HttpsAnswer, type HttpsCall, HttpsError } from './https.ts';

/** The hosts in an environment variable: a list in JSON. Throws a `SyntaxError` for anything else. */
export const readHosts = (json: string): string[] => (JSON.parse(json) as unknown[]).map(String);

/** An address of an internet host. */
export interface HostAddress {
  address: string;
  family: number;
}

/** What is called under an address that somebody else chose. */
export interface GuardedCall extends Omit<HttpsCall, 'lookup'> {
  timeoutMs: number;
  maxBytes: number;
  /** Hosts that may be called though they are of a private network, and by plain http: a laptop's own, and tests'. */
  privateHosts: readonly string[];
  /** All addresses of a name. @default the system's resolver */
  resolve?: (host: string) => Promise<readonly HostAddress[]>;
}

/** The address is none that may be called. It was not. */
export class AddressRefused extends HttpsError {
  override readonly name = 'AddressRefused';

  constructor(why: string) {
    super(why, { sent: false });
  }
}

/**
 * IPv4 that is not of the public internet. Source: IANA, "IPv4 Special-Purpose Address Registry"; multicast and what is
 * reserved from 224.0.0.0 on.
 */
const privateV4: readonly [network: string, bits: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/**
 * Of IPv6 only 2000::/3 is public, and in it not what carries IPv4 within (6to4, Teredo) nor what is for documents.
 * Source: IANA, "IPv6 Special-Purpose Address Registry".
 */
const privateV6: readonly [network: string, bits: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const makeLists = () => {
  const refused = new BlockList();
  for (const [network, bits] of privateV4) refused.addSubnet(network, bits, 'ipv4');
  for (const [network, bits] of privateV6) refused.addSubnet(network, bits, 'ipv6');
  const global = new BlockList();
  global.addSubnet('2000::', 3, 'ipv6');
  return { refused, global };
};
let lists: ReturnType<typeof makeLists> | undefined;

/** True for an address of the public internet, in the usual notation; false for anything that is no address. */
export const isPublicAddress = (address: string): boolean => {
  lists ??= makeLists();
  const family = isIP(address);
  if (family === 4) return !lists.refused.check(address, 'ipv4');
  return family === 6 && lists.global.check(address, 'ipv6') && !lists.refused.check(address, 'ipv6');
};

/** The host as an address would be written: without the brackets of IPv6. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * Why an address can't be called whatever it resolves to, or undefined: for the moment at which somebody names it. Hosts
 * that are addresses are judged here too.
 */
export const refusalOf = (url: URL, privateHosts: readonly string[]): string | undefined => {
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '') return 'the address carries a user name or a password';
  if (privateHosts.includes(host)) {
    return ['https:', 'http:'].includes(url.protocol) ? undefined : 'the address is not of the web';
  }
  if (url.protocol !== 'https:') return 'the address is not https';
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'the address is not of the public internet';
  return undefined;
};

const resolveByName = (host: string): Promise<readonly HostAddress[]> => resolveName(host, { all: true });

const within = async <Result>(work: Promise<Result>, ms: number, host: string): Promise<Result> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HttpsError(`no address for ${host} within ${ms} ms`, { sent: false })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The addresses of a name, all of which must be public: a name of two minds is nobody's to trust. */
const publicAddressesOf = async (host: string, { resolve = resolveByName, timeoutMs }: GuardedCall) => {
  const found = await within(resolve(host), timeoutMs, host).catch((cause: Error & { code?: string }) => {
    if (cause instanceof HttpsError) throw cause;
    throw new HttpsError(`${host} has no address: ${cause.code ?? 'unknown'}`, { sent: false, cause });
  });
  if (found.length === 0) throw new HttpsError(`${host} has no address`, { sent: false });
  if (!found.every(({ address }) => isPublicAddress(address))) {
    throw new AddressRefused(`${host} is not of the public internet`);
  }
  return found;
};

/**
 * Answers with these addresses, whatever is asked: what was judged is what is called, though the name changes meanwhile.
 * All of them, for a function may have no way to those of IPv6: whoever connects tries one after the other.
 */
const pinned =
  (addresses: readonly HostAddress[]): LookupFunction =>
  (_, { all }, answer) => {
    const inOrder = addresses.toSorted((a, b) => a.family - b.family);
    const [first] = inOrder;
    if (all || first === undefined) answer(null, inOrder);
    else answer(null, first.address, first.family);
  };

/**
 * One call to an address that somebody else chose: by https, to the public internet only, at the very addresses that were
 * judged, without following a redirect, within limits of time and size. Throws {@link AddressRefused} for what may not be
 * called, else what `callHttps` throws. Neither address nor answer is logged, and errors name the host alone.
 */
export const callGuarded = async (url: URL, call: GuardedCall): Promise<HttpsAnswer> => {
  const { privateHosts, resolve: _, ...plain } = call;
  const refusal = refusalOf(url, privateHosts);
  if (refusal !== undefined) throw new AddressRefused(refusal);
  const host = hostOf(url);
  if (privateHosts.includes(host) || isIP(host) !== 0) return callHttps(url, plain);
  const began = performance.now();
  const lookup = pinned(await publicAddressesOf(host, call));
  const timeoutMs = Math.max(1, Math.round(call.timeoutMs - (performance.now() - began)));
  return callHttps(url, { ...plain, timeoutMs, lookup });
};
