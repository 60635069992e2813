import type { Caller, Permission } from '../cloud/service.ts';
import { accountOfArn } from './arn.ts';
import type { RequestContext } from './policy-variables.ts';

export interface RequestFacts {
  readonly caller: Caller;
  readonly permission: Permission;
  readonly accountId: string;
  readonly region: string;
  readonly nowMs: number;
  /** Tags of the caller's role, as `aws:PrincipalTag/<key>` sees them. */
  readonly principalTags: Readonly<Record<string, string>>;
}

export interface TrackedContext extends RequestContext {
  /** Whether a policy has asked so far for what another call of this caller to this resource may answer differently. */
  readonly varies: () => boolean;
}

/** Keys whose values only the caller, the action and the resource decide. */
const constantKeys = new Set([
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'aws:viaawsservice',
  'sts:rolesessionname',
]);

/** The global condition keys (IAM user guide, reference_policies_condition-keys) and the keys that the action itself gave. */
export const requestContext = (facts: RequestFacts): TrackedContext => {
  let own: Map<string, readonly string[]> | undefined;
  let varies = false;
  return {
    varies: () => varies,
    get: (lowerKey) => {
      varies ||= !constantKeys.has(lowerKey);
      if (!own) {
        own = new Map();
        for (const [key, value] of Object.entries(facts.permission.context ?? {})) {
          own.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
        }
      }
      return own.get(lowerKey) ?? globalKey(lowerKey, facts);
    },
  };
};

const globalKey = (lowerKey: string, facts: RequestFacts): readonly string[] | undefined => {
  const { caller } = facts;
  const isService = caller.kind === 'service';
  switch (lowerKey) {
    case 'aws:principalarn':
      return isService ? undefined : [caller.kind === 'role' ? caller.roleArn : caller.arn];
    case 'aws:principalaccount':
      return isService ? undefined : [accountOfArn(caller.arn) ?? facts.accountId];
    case 'aws:principaltype':
      return isService ? undefined : [caller.kind === 'role' ? 'AssumedRole' : 'User'];
    case 'aws:principalisawsservice':
      return [String(isService)];
    case 'aws:principalservicename':
      return isService ? [caller.principal] : undefined;
    case 'aws:sourcearn':
      return isService && caller.sourceArn ? [caller.sourceArn] : undefined;
    case 'aws:sourceaccount':
      return isService ? [(caller.sourceArn && accountOfArn(caller.sourceArn)) || facts.accountId] : undefined;
    // An older name of aws:SourceAccount, which the default policy of topics asks for; of the services that tell topics
    // only CloudWatch brings it along.
    case 'aws:sourceowner':
      return isService && caller.principal === 'cloudwatch.amazonaws.com' ? [facts.accountId] : undefined;
    case 'aws:sourceip':
      return caller.kind === 'role' && caller.sourceIp ? [caller.sourceIp] : undefined;
    case 'aws:requestedregion':
      return [facts.region];
    case 'aws:resourceaccount':
      return [accountOfArn(facts.permission.resource) ?? facts.accountId];
    case 'aws:currenttime':
      return [new Date(facts.nowMs).toISOString()];
    case 'aws:epochtime':
      return [String(Math.floor(facts.nowMs / 1000))];
    // Calls never leave the process, so nobody can listen in: what policies mean by secure.
    case 'aws:securetransport':
      return ['true'];
    case 'aws:viaawsservice':
      return ['false'];
    case 'sts:rolesessionname':
      return caller.kind === 'role' ? [caller.sessionName] : undefined;
    default: {
      const tagPrefix = 'aws:principaltag/';
      if (!lowerKey.startsWith(tagPrefix)) return undefined;
      const wanted = lowerKey.slice(tagPrefix.length);
      const found = Object.entries(facts.principalTags).find(([key]) => key.toLowerCase() === wanted);
      return found && [found[1]];
    }
  }
};
