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
