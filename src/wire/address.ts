/**
 * What a host name says of a request: the service, the region, and what stands before them, such as
 * a bucket, an account or the id of an API. A name can be read in more than one way: the readings
 * come in order of likeliness, and the catalogue takes the first one that fits the service.
 *
 * Names end in one of AWS's or one of our own, by which this server is reached. Under a name of our
 * own everything works as under AWS's: `BUCKET.s3.REGION.localhost`, and also without the service
 * and the region: `BUCKET.localhost`. Addresses of numbers say nothing.
 *
 * https://docs.aws.amazon.com/general/latest/gr/rande.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 */
export interface Address {
  /** The endpoint's name of a service, such as `s3`, `s3-control` or `execute-api`. */
  readonly service: string | undefined;
  readonly region: string | undefined;
  /** What stands before them, with its dots. */
  readonly resource: string | undefined;
}

const AWS_SUFFIXES: readonly string[] = ['amazonaws.com', 'amazonaws.com.cn', 'api.aws', 'on.aws'];
const REGION = /^[a-z]{2}(-[a-z]+){1,2}-\d$/;
/** Endpoints that no model is named after. */
const MORE_SERVICES: ReadonlySet<string> = new Set([
  'execute-api',
  'lambda-url',
  's3-accelerate',
  's3-accesspoint',
  's3-control',
]);
const NO_ADDRESS: Address = { service: undefined, region: undefined, resource: undefined };

/**
 * All readings of a Host header, likeliest first; the last one reads nothing. `services` are the
 * names of endpoints, `ownSuffixes` names of this server, both in small letters.
 */
export function addressesOf(
  host: string | undefined,
  services: ReadonlySet<string>,
  ownSuffixes: readonly string[],
): readonly Address[] {
  const name = nameOf(host);
  const own = labelsBefore(name, ownSuffixes);
  const labels = own ?? labelsBefore(name, AWS_SUFFIXES);
  if (!labels || labels.length === 0) return [NO_ADDRESS];
  const { rest, region } = takeRegion(labels);
  const named = rest.length > 0 ? readService(rest, region, services) : [];
  const bare = own ? [{ ...NO_ADDRESS, resource: labels.join('.') }] : [];
  return [...named, ...bare, NO_ADDRESS];
}

/** The first reading that does not speak of another service. */
export function addressFor(addresses: readonly Address[], endpoint: string): Address {
  const fits = ({ service }: Address): boolean =>
    service === undefined || service === endpoint || service.startsWith(`${endpoint}-`);
  return addresses.find(fits) ?? NO_ADDRESS;
}

/** The path of a request whose first label stands in the host: `/key` of a bucket → `/bucket/key`. */
export function pathWithin(resource: string, path: string): string {
  return `/${encodeURIComponent(resource)}${path === '/' ? '' : path}`;
}

function nameOf(host: string | undefined): string {
  const name = (host ?? '').trim().toLowerCase();
  const port = /:\d*$/.exec(name);
  return (port ? name.slice(0, port.index) : name).replace(/\.$/, '');
}

/** Undefined where the name has none of the suffixes. The longest suffix counts. */
function labelsBefore(name: string, suffixes: readonly string[]): string[] | undefined {
  let best: string | undefined;
  for (const suffix of suffixes) {
    const ends = name === suffix || name.endsWith(`.${suffix}`);
    if (ends && suffix.length > (best?.length ?? 0) && !isNumeric(suffix)) best = suffix;
  }
  if (best === undefined) return undefined;
  const before = name.slice(0, Math.max(0, name.length - best.length - 1));
  const labels = before === '' ? [] : before.split('.');
  return labels.includes('') ? undefined : labels;
}

/** `127.0.0.1` or `[::1]`: nothing can stand before it. */
const isNumeric = (name: string): boolean => /^[\d.]+$|^\[/.test(name);

/** The region at the end, and the word that announces IPv6. */
function takeRegion(labels: readonly string[]): {
  readonly rest: readonly string[];
  readonly region: string | undefined;
} {
  const last = labels.at(-1)!;
  const region = REGION.test(last) ? last : undefined;
  const rest = region === undefined ? labels : labels.slice(0, -1);
  return { rest: rest.at(-1) === 'dualstack' ? rest.slice(0, -1) : rest, region };
}

/** The service in the last label, with what some of them write into the same label. */
function readService(
  labels: readonly string[],
  region: string | undefined,
  services: ReadonlySet<string>,
): readonly Address[] {
  const isService = (text: string): boolean => services.has(text) || MORE_SERVICES.has(text);
  const label = labels.at(-1)!.replace(/-fips$/, '');
  const resource = labels.slice(0, -1).join('.') || undefined;
  if (isService(label)) return [{ service: label, region, resource }];
  // s3-us-west-2.amazonaws.com, from before regions were labels of their own.
  const old = /^(s3)-(.*)$/.exec(label);
  if (old && REGION.test(old[2]!)) return [{ service: old[1], region: old[2], resource }];
  // sync-states.us-east-1.amazonaws.com: some operations put a word before the service.
  const dash = label.indexOf('-');
  const after = label.slice(dash + 1);
  return dash > 0 && isService(after) ? [{ service: after, region, resource }] : [];
}
