/** What an image reference names, as far as this registry is meant by it. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/**
 * Reads `<registry>/<repository>[:tag][@digest]`. ECR's own host name of any account and Region means this registry, and
 * so does the loopback address, under which images are pushed to the local cloud.
 * @returns undefined for the images of other registries.
 */
export const parseImageReference = (reference: string): ImageReference | undefined => {
  const match =
    /^(?:\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com|127\.0\.0\.1(?::\d+)?|localhost(?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      reference,
    );
  if (!match) return undefined;
  const [, repository, tag, digest] = match;
  return { repository: repository as string, tag: tag ?? (digest ? undefined : 'latest'), digest };
};
