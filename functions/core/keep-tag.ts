import { keepTagPrefix } from './configuration.ts';

/** The keep tag of a digest: long enough to be unique in a repository, and the same however often it is set. */
export const keepTag = (digest: string): string => `${keepTagPrefix}${digest.replace('sha256:', '').slice(0, 24)}`;

export const isKeepTag = (tag: string): boolean => tag.startsWith(keepTagPrefix);
