import type { Permission } from '../cloud/service.ts';
import type { Principal, Statement } from './policy.ts';
import type { RequestContext } from './policy-variables.ts';

/** What was asked of the policies, and by whom. */
export interface Question {
  readonly permission: Permission;
  readonly principal: Principal;
  readonly context: RequestContext;
  /** Statements of the caller's own policies; none for AWS services, whose calls only resource policies can allow. */
  readonly identity: readonly Statement[];
  /** Statements of the resource's policy. */
  readonly resource: readonly Statement[];
}

export type Decision =
  | { readonly allowed: true; readonly by: Statement }
  | { readonly allowed: false; readonly explicitDeny?: { readonly statement: Statement; readonly in: PolicyKind } };

export type PolicyKind = 'identity-based' | 'resource-based';

/** Why a statement that could have granted did not. */
export interface NearMiss {
  readonly statement: Statement;
  readonly sentence: string;
}

const conditionsHold = (statement: Statement, context: RequestContext): boolean =>
  statement.conditions.every((condition) => condition.holds(context));

const applies = (statement: Statement, question: Question): boolean =>
  statement.matchesAction(question.permission.action) &&
  statement.matchesResource(question.permission.resource, question.context) &&
  conditionsHold(statement, question.context);

/**
 * Within one account: an explicit deny anywhere wins; otherwise an allow in the caller's policies or one in the
 * resource's policy that names the caller is enough (IAM user guide, reference_policies_evaluation-logic).
 */
export const decide = (question: Question): Decision => {
  const { identity, resource, principal } = question;
  let grant: Statement | undefined;
  for (const statement of identity) {
    if (statement.effect === 'Allow' && grant) continue;
    if (!applies(statement, question)) continue;
    if (statement.effect === 'Deny') return { allowed: false, explicitDeny: { statement, in: 'identity-based' } };
    grant = statement;
  }
  for (const statement of resource) {
    if (statement.effect === 'Allow' && grant) continue;
    const match = statement.matchesPrincipal(principal);
    if (match === 'none' || !applies(statement, question)) continue;
    if (statement.effect === 'Deny') return { allowed: false, explicitDeny: { statement, in: 'resource-based' } };
    if (match === 'named') grant = statement;
  }
  return grant ? { allowed: true, by: grant } : { allowed: false };
};

/** The statement that came nearest to granting, for whoever has to mend the policy. */
export const nearestGrant = (question: Question): NearMiss | undefined => {
  const { permission, context, principal } = question;
  const service = permission.action.split(':')[0] as string;
  let best: (NearMiss & { readonly score: number }) | undefined;
  for (const statement of [...question.identity, ...question.resource]) {
    if (statement.effect !== 'Allow') continue;
    const action = statement.matchesAction(permission.action);
    const resource = statement.matchesResource(permission.resource, context);
    const named = statement.matchesPrincipal(principal) === 'named';
    const failing = statement.conditions.filter((condition) => !condition.holds(context));
    const score = action
      ? 4 + (resource ? 4 : 0) + (named ? 2 : 0) + (failing.length === 0 ? 1 : 0)
      : mentionsService(statement, service)
        ? resource
          ? 2
          : 1
        : 0;
    if (score === 0 || (best && best.score >= score)) continue;
    const misses = [
      action ? undefined : `its actions are ${texts(statement.source.Action ?? statement.source.NotAction)}`,
      resource ? undefined : `its resources are ${texts(statement.source.Resource ?? statement.source.NotResource)}`,
      named ? undefined : `its principals are ${JSON.stringify(statement.source.Principal)}`,
      ...failing.map((condition) => `its condition ${condition.text} does not hold`),
    ].filter((miss) => miss !== undefined);
    best = { statement, score, sentence: `${misses.join('; ')}` };
  }
  return best && { statement: best.statement, sentence: best.sentence };
};

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const texts = (value: unknown): string => listed(value).join(', ');

const mentionsService = (statement: Statement, service: string): boolean =>
  listed(statement.source.Action).some((action) => typeof action === 'string' && action.startsWith(`${service}:`));
