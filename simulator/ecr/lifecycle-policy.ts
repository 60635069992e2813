import { invalidParameter } from './errors.ts';
import { referencedDigests } from './manifest-lists.ts';
import type { Image, Repository } from './model.ts';
import { matchesTagFilter } from './tag-filter.ts';

interface Rule {
  readonly priority: number;
  readonly selects: (tags: readonly string[]) => boolean;
  readonly countType: 'imageCountMoreThan' | 'sinceImagePushed';
  readonly count: number;
}

const dayMs = 86_400_000;

/** @throws AwsError when AWS would not take the policy, or when a rule of it is not modelled. */
export const parseLifecyclePolicy = (text: string): readonly Rule[] => {
  let rules: unknown;
  try {
    rules = (JSON.parse(text) as { rules?: unknown }).rules;
  } catch {
    throw invalidParameter(
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: it is no JSON'",
    );
  }
  if (!Array.isArray(rules) || rules.length === 0) throw refused('instance failed to match: rules are missing');
  const parsed = rules.map(parseRule).toSorted((a, b) => a.priority - b.priority);
  if (new Set(parsed.map(({ priority }) => priority)).size < parsed.length)
    throw refused('rules need priorities of their own');
  return parsed;
};

const refused = (reason: string) =>
  invalidParameter(
    `Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ${reason}'`,
  );

interface GivenRule {
  readonly rulePriority?: number;
  readonly selection?: {
    readonly tagStatus?: string;
    readonly tagPrefixList?: readonly string[];
    readonly tagPatternList?: readonly string[];
    readonly countType?: string;
    readonly countUnit?: string;
    readonly countNumber?: number;
  };
  readonly action?: { readonly type?: string };
}

const parseRule = (given: GivenRule): Rule => {
  const { selection = {}, rulePriority, action } = given;
  const { countType, countNumber } = selection;
  if (!Number.isInteger(rulePriority) || (rulePriority as number) < 1)
    throw refused('rulePriority must be a positive number');
  if (action?.type !== 'expire') throw refused(`the action ${action?.type} is not supported`);
  if (countType !== 'imageCountMoreThan' && countType !== 'sinceImagePushed')
    throw refused(`the count type ${countType} is not supported`);
  if (countType === 'sinceImagePushed' && selection.countUnit !== 'days') throw refused('countUnit must be days');
  if (!Number.isInteger(countNumber) || (countNumber as number) < 1) throw refused('countNumber must be positive');
  return { priority: rulePriority as number, selects: selector(selection), countType, count: countNumber as number };
};

const selector = (selection: NonNullable<GivenRule['selection']>): Rule['selects'] => {
  switch (selection.tagStatus) {
    case 'any':
      return () => true;
    case 'untagged':
      return (tags) => tags.length === 0;
    case 'tagged': {
      const { tagPrefixList: prefixes = [], tagPatternList: patterns = [] } = selection;
      if (prefixes.length + patterns.length === 0) throw refused('tagged needs tagPrefixList or tagPatternList');
      const tests = [
        ...prefixes.map((prefix) => (tag: string) => tag.startsWith(prefix)),
        ...patterns.map((pattern) => (tag: string) => matchesTagFilter(pattern, tag)),
      ];
      // Several prefixes or patterns select only images that have a tag for each of them.
      return (tags) => tests.every((matches) => tags.some(matches));
    }
    default:
      throw refused(`the tag status ${selection.tagStatus} is not supported`);
  }
};

/**
 * The images that a policy expires now. A rule looks only at images that no rule before it has looked at, which is how
 * a rule that expires nothing can spare images from those after it.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
 */
export const expiredImages = (rules: readonly Rule[], repository: Repository, nowMs: number): readonly Image[] => {
  const tagsOf = (image: Image): readonly string[] =>
    [...repository.imageTags].filter(([, digest]) => digest === image.digest).map(([tag]) => tag);
  // An image that a manifest list names stays for as long as the list does.
  const referenced = referencedDigests(repository);
  const untouched = new Set([...repository.images.values()].filter(({ digest }) => !referenced.has(digest)));
  const expired: Image[] = [];
  for (const rule of rules) {
    const selected = [...untouched]
      .filter((image) => rule.selects(tagsOf(image)))
      .toSorted((a, b) => b.pushedMs - a.pushedMs);
    for (const image of selected) untouched.delete(image);
    expired.push(
      ...(rule.countType === 'imageCountMoreThan'
        ? selected.slice(rule.count)
        : selected.filter((image) => nowMs - image.pushedMs > rule.count * dayMs)),
    );
  }
  return expired;
};
