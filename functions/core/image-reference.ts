/** An image as a person names it, taken apart. At least one of `tag` and `digest` is there. */
export interface ImageReference {
  /** Host of the registry, where one was given: `123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  readonly registry?: string;
  /** Path in the registry, where one was given. */
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
}

// The grammar of references is the distribution project's: a first part with a dot, a colon or `localhost` is a host.
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const repositoryPattern = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/;

/**
 * Reads `v1`, `sha256:…`, `repository:v1`, `host/repository@sha256:…`.
 * A single word without colon is a tag, since that is what people type.
 * @returns undefined for what is none of these.
 */
export const parseImageReference = (text: string): ImageReference | undefined => {
  if (digestPattern.test(text)) return { digest: text };
  if (tagPattern.test(text)) return { tag: text };
  const [name = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !digestPattern.test(digest))) return undefined;
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const registry = /[.:]/.test(first) || first === 'localhost' ? first : undefined;
  const path = registry === undefined ? name : name.slice(slash + 1);
  const colon = path.lastIndexOf(':');
  const repository = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  if (!repositoryPattern.test(repository)) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  if (tag === undefined && digest === undefined) return undefined;
  return {
    ...(registry !== undefined && { registry }),
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
};

/** Suffix of ECR's dual-stack hosts by that of its IPv4 hosts, one for each partition that has them. */
const dualStackSuffixes: Readonly<Record<string, string>> = {
  'amazonaws.com': 'on.aws',
  'amazonaws.com.cn': 'on.amazonwebservices.com.cn',
};

/**
 * All hosts by which an account's registry in a Region is reached: for IPv4, dual-stack, and FIPS of each
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html).
 * @param registry its ordinary host: `123456789012.dkr.ecr.us-east-1.amazonaws.com`.
 * @param endpoint URL of what stands in for all of AWS, and for the registry too; undefined on AWS.
 */
export const registryHosts = (registry: string, endpoint: string | undefined): readonly string[] => {
  const hosts = [registry, registry.replace('.dkr.ecr.', '.dkr.ecr-fips.')];
  for (const [suffix, dualStack] of Object.entries(dualStackSuffixes)) {
    if (!registry.endsWith(`.${suffix}`)) continue;
    for (const host of [...hosts]) hosts.push(host.replace('.dkr.', '.dkr-').replace(suffix, dualStack));
  }
  const local = /^https?:\/\/([^/]+)/.exec(endpoint ?? '')?.[1];
  // Docker pushes to either name of the loopback.
  return local === undefined ? hosts : [...hosts, local, local.replace(/^127\.0\.0\.1(?=:|$)/, 'localhost')];
};

/** Where the images of a service are. */
export interface ImageSource {
  readonly service: string;
  readonly repository: string;
  /** Of its registry; the first is told to people. */
  readonly hosts: readonly string[];
}

export type NamedImage =
  | { readonly kind: 'named'; readonly tag?: string; readonly digest?: string }
  /** A sentence that says what was wrong and what is accepted. */
  | { readonly kind: 'mistaken'; readonly reason: string };

/** Reads which image of a service a person names. One of another repository or registry is none, whatever its tag. */
export const namedImage = (text: string, { service, repository, hosts }: ImageSource): NamedImage => {
  const mistaken = (what: string): NamedImage => ({
    kind: 'mistaken',
    reason: `${what} Accepted is a tag, a digest (sha256: and 64 hexadecimal digits) or a full reference in ${hosts[0]}/${repository}.`,
  });
  const reference = parseImageReference(text);
  if (!reference) return mistaken(`'${text}' names no image of ${service}.`);
  const { registry, repository: path, tag, digest } = reference;
  if (path !== undefined && path !== repository)
    return mistaken(`The image ${text} is in the repository ${path}, which is not that of ${service}.`);
  if (registry !== undefined && !hosts.includes(registry))
    return mistaken(`The image ${text} is in the registry ${registry}, which is not that of ${service}.`);
  return { kind: 'named', ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
};

/** The repository's URI in a reference: everything before tag and digest. */
export const repositoryUriOf = (reference: string): string => {
  const name = reference.split('@')[0] ?? '';
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
};

/** The path of the repository in its URI: `orders-api` of `host/orders-api`. */
export const repositoryPathOf = (uri: string): string => {
  const [first = ''] = uri.split('/');
  return /[.:]/.test(first) || first === 'localhost' ? uri.slice(uri.indexOf('/') + 1) : uri;
};

/** The host in a repository's URI; undefined where it names none, as those of Docker Hub do. */
export const registryOf = (uri: string): string | undefined => {
  const path = repositoryPathOf(uri);
  return path === uri ? undefined : uri.slice(0, -path.length - 1);
};

/**
 * Which of a task's images is that of a release: the one that is pinned to its digest, since a container beside it may be
 * from the same repository.
 */
export const imageOfRelease = <Image extends { readonly image: string }>(
  images: readonly Image[],
  { repository, digest }: { readonly repository: string; readonly digest: string },
): Image | undefined => {
  const own = images.filter(({ image }) => repositoryPathOf(repositoryUriOf(image)) === repository);
  return own.find(({ image }) => image.endsWith(`@${digest}`)) ?? own[0];
};

/** A digest as people read it: `sha256:1234abcd5678`. */
export const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
