import { AwsError } from '../cloud/aws-error.ts';
import type { Authorize } from '../cloud/dispatcher.ts';
import type { Caller, Permission, PolicyDocument, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { addRoleToInstanceProfile } from './actions/add-role-to-instance-profile.ts';
import { attachRolePolicy } from './actions/attach-role-policy.ts';
import { createInstanceProfile } from './actions/create-instance-profile.ts';
import { createPolicy } from './actions/create-policy.ts';
import { createPolicyVersion } from './actions/create-policy-version.ts';
import { createRole } from './actions/create-role.ts';
import { deleteInstanceProfile } from './actions/delete-instance-profile.ts';
import { deletePolicy } from './actions/delete-policy.ts';
import { deletePolicyVersion } from './actions/delete-policy-version.ts';
import { deleteRole } from './actions/delete-role.ts';
import { deleteRolePolicy } from './actions/delete-role-policy.ts';
import { detachRolePolicy } from './actions/detach-role-policy.ts';
import { getInstanceProfile } from './actions/get-instance-profile.ts';
import { getPolicy } from './actions/get-policy.ts';
import { getPolicyVersion } from './actions/get-policy-version.ts';
import { getRole } from './actions/get-role.ts';
import { getRolePolicy } from './actions/get-role-policy.ts';
import { listAttachedRolePolicies } from './actions/list-attached-role-policies.ts';
import { listRolePolicies } from './actions/list-role-policies.ts';
import { listRoleTags } from './actions/list-role-tags.ts';
import { listRoles } from './actions/list-roles.ts';
import { putRolePolicy } from './actions/put-role-policy.ts';
import { removeRoleFromInstanceProfile } from './actions/remove-role-from-instance-profile.ts';
import { tagRole } from './actions/tag-role.ts';
import { untagRole } from './actions/untag-role.ts';
import { updateAssumeRolePolicy } from './actions/update-assume-role-policy.ts';
import { updateRole } from './actions/update-role.ts';
import { accountOfArn, nameOfArn } from './arn.ts';
import { type Denial, Denials } from './denials.ts';
import { decide, nearestGrant, type Question } from './evaluation.ts';
import { awsManagedPolicy, isAwsManaged } from './managed-policies.ts';
import { compilePolicy, type Principal, type Statement } from './policy.ts';
import { requestContext, type TrackedContext } from './request-context.ts';
import type { InstanceProfileState, PolicyState, RoleState } from './state.ts';

/** Resource policies come as values, sometimes made anew for each call; equal texts share one compiled form. */
const resourcePolicyCacheLimit = 1_000;

/** Sessions come and go; all grants are forgotten before they could grow without end. */
const grantsKept = 10_000;

const noStatements: readonly Statement[] = [];

/**
 * By the prefix of the action: services that have a word of their own for a denial, or another status than 400.
 * EC2: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const denials: Readonly<Record<string, string>> = {
  SNS: 'AuthorizationErrorException',
  ec2: 'UnauthorizedOperation',
  servicequotas: 'AccessDeniedException',
};

/** Roles, policies and the one question behind every simulated call: may this caller do this? */
export class IamService implements SimulatedService {
  readonly name = 'iam';
  readonly actions = {
    AddRoleToInstanceProfile: addRoleToInstanceProfile,
    AttachRolePolicy: attachRolePolicy,
    CreateInstanceProfile: createInstanceProfile,
    CreatePolicy: createPolicy,
    CreatePolicyVersion: createPolicyVersion,
    CreateRole: createRole,
    DeleteInstanceProfile: deleteInstanceProfile,
    DeletePolicy: deletePolicy,
    DeletePolicyVersion: deletePolicyVersion,
    DeleteRole: deleteRole,
    DeleteRolePolicy: deleteRolePolicy,
    DetachRolePolicy: detachRolePolicy,
    GetInstanceProfile: getInstanceProfile,
    GetPolicy: getPolicy,
    GetPolicyVersion: getPolicyVersion,
    GetRole: getRole,
    GetRolePolicy: getRolePolicy,
    ListAttachedRolePolicies: listAttachedRolePolicies,
    ListRolePolicies: listRolePolicies,
    ListRoles: listRoles,
    ListRoleTags: listRoleTags,
    PutRolePolicy: putRolePolicy,
    RemoveRoleFromInstanceProfile: removeRoleFromInstanceProfile,
    TagRole: tagRole,
    UntagRole: untagRole,
    UpdateAssumeRolePolicy: updateAssumeRolePolicy,
    UpdateRole: updateRole,
  };

  readonly ctx: ServiceContext;
  readonly roles = new Map<string, RoleState>();
  /** Customer managed policies by ARN. */
  readonly policies = new Map<string, PolicyState>();
  readonly instanceProfiles = new Map<string, InstanceProfileState>();
  readonly #denials = new Denials();
  readonly #compiledRoles = new Map<string, Map<string, readonly Statement[]>>();
  readonly #roleStatements = new Map<string, readonly Statement[]>();
  /**
   * What role sessions were allowed to do where no condition asked for more than who, what and where: by the session,
   * then by action and resource, with the resource's policy. Only grants, so that every denial is told in full.
   */
  readonly #grants = new Map<string, Map<string, readonly Statement[]>>();
  #grantCount = 0;
  readonly #resourcePolicies = new Map<string, readonly Statement[]>();
  /** Documents are never changed once they have been handed over. */
  readonly #resourcePolicyObjects = new WeakMap<PolicyDocument, readonly Statement[]>();

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }

  /** A property, since the dispatcher keeps it apart from the service. */
  readonly authorize: Authorize = (caller, permissions, resourcePolicy) => {
    if (caller.kind === 'operator') return;
    const resource = resourcePolicy ? this.#compileResourcePolicy(resourcePolicy) : noStatements;
    for (const permission of permissions) this.#authorizeOne(caller, permission, resource);
  };

  /** Every refused call once, with how often it was made and what came nearest to allowing it. */
  denials(): readonly Denial[] {
    return this.#denials.all();
  }

  /** @throws AwsError `NoSuchEntity` */
  role(roleName: string): RoleState {
    const role = this.roles.get(roleName);
    if (!role) throw new AwsError('NoSuchEntity', `The role with name ${roleName} cannot be found.`, { status: 404 });
    return role;
  }

  roleByArn(roleArn: string): RoleState | undefined {
    const role = this.roles.get(nameOfArn(roleArn));
    return role?.arn === roleArn ? role : undefined;
  }

  /** The current document of a managed policy, AWS's or the account's. @throws AwsError `NoSuchEntity` */
  managedPolicyDocument(policyArn: string): unknown {
    if (isAwsManaged(policyArn)) return awsManagedPolicy(policyArn);
    const policy = this.policies.get(policyArn);
    if (!policy)
      throw new AwsError('NoSuchEntity', `Policy ${policyArn} does not exist or is not attachable.`, { status: 404 });
    return policy.versions.get(policy.defaultVersionId)?.document;
  }

  /** Must be called after every change of a role's policies; managed policies can be any role's, so they drop all. */
  policiesChanged(roleName?: string): void {
    this.#forgetGrants();
    if (roleName === undefined) {
      this.#compiledRoles.clear();
      this.#roleStatements.clear();
    } else {
      this.#compiledRoles.delete(roleName);
      this.#roleStatements.delete(roleName);
    }
  }

  /**
   * Whether the trust policy of `role` and, where that only names the account, the caller's own policies allow
   * `sts:AssumeRole`. @throws AwsError `AccessDenied`
   */
  assertAssumable(caller: Caller, role: RoleState): void {
    const permission: Permission = { action: 'sts:AssumeRole', resource: role.arn };
    const trust = compilePolicy(role.trustPolicy, `trust policy of role ${role.name}`, 'trust');
    const question = this.#question(caller, permission, trust);
    // Unlike other resource policies, a trust policy must always allow: identity policies alone never open a role.
    const trusted = trust.filter(
      (statement) =>
        statement.matchesPrincipal(question.principal) !== 'none' &&
        statement.matchesAction(permission.action) &&
        statement.conditions.every((condition) => condition.holds(question.context)),
    );
    const byAccountOnly =
      caller.kind === 'role' &&
      !trusted.some(
        (statement) => statement.effect === 'Allow' && statement.matchesPrincipal(question.principal) === 'named',
      );
    const allowed =
      trusted.some((statement) => statement.effect === 'Allow') &&
      !trusted.some((statement) => statement.effect === 'Deny') &&
      (!byAccountOnly || decide({ ...question, resource: noStatements }).allowed);
    if (allowed) return;
    const who = caller.kind === 'service' ? caller.principal : caller.arn;
    const reason = `is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`;
    this.#denials.add(
      { who: caller.kind === 'role' ? caller.roleArn : who, action: permission.action, resource: role.arn, reason },
      () => nearestGrant(question),
    );
    throw new AwsError('AccessDenied', `User: ${who} ${reason}`, { status: 403 });
  }

  #authorizeOne(
    caller: Exclude<Caller, { kind: 'operator' }>,
    permission: Permission,
    resource: readonly Statement[],
  ): void {
    const key = `${permission.action} ${permission.resource}`;
    const known = caller.kind === 'role' ? this.#grants.get(caller.arn) : undefined;
    if (known?.get(key) === resource) return;
    const question = this.#question(caller, permission, resource);
    const decision = decide(question);
    if (decision.allowed) {
      if (caller.kind === 'role' && !question.context.varies()) this.#remember(caller.arn, key, resource);
      return;
    }
    const because = decision.explicitDeny
      ? `with an explicit deny in ${decision.explicitDeny.in === 'identity-based' ? 'an identity-based' : 'a resource-based'} policy`
      : `because no ${caller.kind === 'role' ? 'identity-based' : 'resource-based'} policy allows the ${permission.action} action`;
    const reason = `is not authorized to perform: ${permission.action} on resource: ${permission.resource} ${because}`;
    this.#denials.add(
      {
        who: caller.kind === 'role' ? caller.roleArn : caller.principal,
        action: permission.action,
        resource: permission.resource,
        reason,
      },
      () =>
        decision.explicitDeny
          ? { statement: decision.explicitDeny.statement, sentence: 'it denies explicitly' }
          : nearestGrant(question),
    );
    this.ctx.kernel.record('denied', {
      who: caller.kind === 'role' ? caller.roleArn : caller.principal,
      action: permission.action,
      resource: permission.resource,
    });
    const text = `User: ${caller.kind === 'role' ? caller.arn : caller.principal} ${reason}`;
    const own = denials[permission.action.split(':')[0] ?? ''];
    if (own) throw new AwsError(own, text, { status: 403 });
    throw new AwsError('AccessDeniedException', text);
  }

  #remember(callerArn: string, key: string, resource: readonly Statement[]): void {
    if (this.#grantCount >= grantsKept) this.#forgetGrants();
    let grants = this.#grants.get(callerArn);
    if (!grants) {
      grants = new Map();
      this.#grants.set(callerArn, grants);
    }
    grants.set(key, resource);
    this.#grantCount += 1;
  }

  #forgetGrants(): void {
    this.#grants.clear();
    this.#grantCount = 0;
  }

  #question(
    caller: Caller,
    permission: Permission,
    resource: readonly Statement[],
  ): Question & { readonly context: TrackedContext } {
    const role = caller.kind === 'role' ? this.roleByArn(caller.roleArn) : undefined;
    return {
      permission,
      principal: this.#principal(caller),
      context: requestContext({
        caller,
        permission,
        accountId: this.ctx.accountId,
        region: this.ctx.region,
        nowMs: this.ctx.kernel.now(),
        principalTags: role?.tags ?? {},
      }),
      identity: role ? this.#statementsFor(role, permission.action) : noStatements,
      resource,
    };
  }

  #principal(caller: Caller): Principal {
    if (caller.kind === 'service') return { arns: [], accountId: this.ctx.accountId, service: caller.principal };
    const accountId = accountOfArn(caller.arn) ?? this.ctx.accountId;
    return { arns: caller.kind === 'role' ? [caller.arn, caller.roleArn] : [caller.arn], accountId };
  }

  /** The statements of a role whose actions match, remembered per action: roles ask the same few things all the time. */
  #statementsFor(role: RoleState, action: string): readonly Statement[] {
    let byAction = this.#compiledRoles.get(role.name);
    if (!byAction) {
      byAction = new Map();
      this.#compiledRoles.set(role.name, byAction);
    }
    const known = byAction.get(action);
    if (known) return known;
    const all = this.#statementsOf(role);
    const matching = all.filter((statement) => statement.matchesAction(action));
    // Nothing matches: keep all, so that the nearest grant can still be told.
    const kept = matching.length === 0 ? all : matching;
    byAction.set(action, kept);
    return kept;
  }

  #statementsOf(role: RoleState): readonly Statement[] {
    const known = this.#roleStatements.get(role.name);
    if (known) return known;
    const inline = [...role.inlinePolicies].flatMap(([policyName, document]) =>
      compilePolicy(document, `inline policy ${policyName} of role ${role.name}`, 'identity'),
    );
    const attached = [...role.attachedPolicyArns].flatMap((arn) =>
      compilePolicy(this.managedPolicyDocument(arn), `policy ${arn}`, 'identity'),
    );
    const statements = [...inline, ...attached];
    this.#roleStatements.set(role.name, statements);
    return statements;
  }

  #compileResourcePolicy(document: PolicyDocument): readonly Statement[] {
    const same = this.#resourcePolicyObjects.get(document);
    if (same) return same;
    const text = JSON.stringify(document);
    let compiled = this.#resourcePolicies.get(text);
    if (!compiled) {
      if (this.#resourcePolicies.size >= resourcePolicyCacheLimit) this.#resourcePolicies.clear();
      compiled = compilePolicy(JSON.parse(text), 'policy of the resource', 'resource');
      this.#resourcePolicies.set(text, compiled);
    }
    this.#resourcePolicyObjects.set(document, compiled);
    return compiled;
  }
}
