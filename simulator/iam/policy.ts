import { AwsError } from '../cloud/aws-error.ts';
import { type Condition, compileConditions } from './conditions.ts';
import { hasVariables, type RequestContext, resolveVariables } from './policy-variables.ts';
import { arnMatcher, type Matches, matcher } from './wildcard.ts';

/** Who asks, as resource policies see it. */
export interface Principal {
  /** ARNs under which a policy may name the caller: the session's and the role's, or the operator's. */
  readonly arns: readonly string[];
  readonly accountId: string;
  /** `events.amazonaws.com` when AWS itself asks. */
  readonly service?: string;
}

/** How a statement's Principal relates to the caller. */
export type PrincipalMatch =
  /** Named, or everybody is. */
  | 'named'
  /** Only the account is named: the account's own identity policies must grant too. */
  | 'account'
  | 'none';

export interface Statement {
  readonly sid: string | undefined;
  /** Where the statement stands: `inline policy rollout of role spillway-move-twin`. */
  readonly origin: string;
  readonly effect: 'Allow' | 'Deny';
  readonly matchesAction: Matches;
  readonly matchesResource: (resource: string, context: RequestContext) => boolean;
  readonly matchesPrincipal: (principal: Principal) => PrincipalMatch;
  readonly conditions: readonly Condition[];
  /** As it was written, for reports. */
  readonly source: Readonly<Record<string, unknown>>;
}

const malformed = (message: string): AwsError => new AwsError('MalformedPolicyDocument', message);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const asTexts = (value: unknown, what: string): readonly string[] =>
  asList(value).map((item) => {
    if (typeof item !== 'string') throw malformed(`Syntax error in the ${what} element of a statement.`);
    return item;
  });

/** Reads a policy document, given as text or already parsed. @throws AwsError `MalformedPolicyDocument` */
export const parsePolicy = (document: unknown): Readonly<Record<string, unknown>> => {
  if (typeof document !== 'string') {
    if (document === null || typeof document !== 'object') throw malformed('Syntax errors in policy.');
    return document as Record<string, unknown>;
  }
  try {
    return JSON.parse(document) as Record<string, unknown>;
  } catch {
    throw malformed('This policy contains invalid Json');
  }
};

/** @throws AwsError `MalformedPolicyDocument` with IAM's sentence for what is wrong. */
export const compilePolicy = (
  document: unknown,
  origin: string,
  kind: 'identity' | 'resource' | 'trust',
): readonly Statement[] => {
  const parsed = parsePolicy(document);
  if (parsed.Statement === undefined) throw malformed('Missing required field Statement');
  return asList(parsed.Statement).map((statement) => {
    if (statement === null || typeof statement !== 'object') throw malformed('Syntax errors in policy.');
    return compileStatement(statement as Record<string, unknown>, origin, kind);
  });
};

const compileStatement = (
  source: Readonly<Record<string, unknown>>,
  origin: string,
  kind: 'identity' | 'resource' | 'trust',
): Statement => {
  const { Effect: effect } = source;
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Missing required field Effect');
  const hasPrincipal = source.Principal !== undefined || source.NotPrincipal !== undefined;
  if (kind === 'identity' && hasPrincipal) throw malformed('Policy document should not specify a principal.');
  if (kind === 'trust' && !hasPrincipal) throw malformed('Missing required field Principal');
  if (source.Action === undefined && source.NotAction === undefined) throw malformed('Missing required field Action');
  const hasResource = source.Resource !== undefined || source.NotResource !== undefined;
  if (kind === 'identity' && !hasResource) throw malformed('Policy statement must contain resources.');
  if (kind === 'trust' && hasResource) throw malformed('Has prohibited field Resource');
  return {
    sid: typeof source.Sid === 'string' && source.Sid !== '' ? source.Sid : undefined,
    origin,
    effect,
    matchesAction: compileActions(source),
    matchesResource: hasResource ? compileResources(source) : () => true,
    matchesPrincipal: compilePrincipals(source),
    conditions: compileConditions(source.Condition),
    source,
  };
};

const compileActions = (source: Readonly<Record<string, unknown>>): Matches => {
  const negated = source.Action === undefined;
  const texts = asTexts(source.Action ?? source.NotAction, 'Action');
  for (const text of texts) {
    if (text !== '*' && !/^[^:\s]+:[^:\s]+$/.test(text))
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  const matchers = texts.map((text) => matcher(text, { ignoreCase: true }));
  return (action) => matchers.some((matches) => matches(action)) !== negated;
};

const compileResources = (
  source: Readonly<Record<string, unknown>>,
): ((resource: string, context: RequestContext) => boolean) => {
  const negated = source.Resource === undefined;
  const matchers = asTexts(source.Resource ?? source.NotResource, 'Resource').map((text) => {
    if (text !== '*' && !text.startsWith('arn:') && !text.startsWith('*') && !text.startsWith('${'))
      throw malformed(`Resource ${text} must be in ARN format or "*".`);
    if (!hasVariables(text)) {
      const matches = text.startsWith('arn:') ? arnMatcher(text) : matcher(text);
      return (resource: string) => matches(resource);
    }
    return (resource: string, context: RequestContext) => {
      const resolved = resolveVariables(text, context);
      return resolved !== undefined && arnMatcher(resolved)(resource);
    };
  });
  return (resource, context) => matchers.some((matches) => matches(resource, context)) !== negated;
};

const compilePrincipals = (source: Readonly<Record<string, unknown>>): ((principal: Principal) => PrincipalMatch) => {
  if (source.Principal === undefined && source.NotPrincipal === undefined) return () => 'named';
  const stated = source.Principal ?? source.NotPrincipal;
  const matches = (principal: Principal): PrincipalMatch => {
    if (stated === '*') return 'named';
    const byKind = (stated ?? {}) as Record<string, unknown>;
    const services = byKind.Service === undefined ? [] : asTexts(byKind.Service, 'Principal');
    if (principal.service !== undefined) return services.includes(principal.service) ? 'named' : everybody(byKind);
    const names = byKind.AWS === undefined ? [] : asTexts(byKind.AWS, 'Principal');
    if (names.some((name) => name === '*' || principal.arns.includes(name))) return 'named';
    const account = names.some(
      (name) => name === principal.accountId || name === `arn:aws:iam::${principal.accountId}:root`,
    );
    return account ? 'account' : 'none';
  };
  if (source.Principal !== undefined) return matches;
  return (principal) => (matches(principal) === 'none' ? 'named' : 'none');
};

const everybody = (byKind: Readonly<Record<string, unknown>>): PrincipalMatch =>
  byKind.AWS !== undefined && asList(byKind.AWS).includes('*') ? 'named' : 'none';
