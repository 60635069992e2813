import type { AddPermissionRequest, AddPermissionResponse } from '@aws-sdk/client-lambda';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import type { PolicyStatement } from '../model.ts';
import { onFunction } from './on-function.ts';

export const addPermission: ActionDefinition<LambdaService, AddPermissionRequest, AddPermissionResponse> = {
  refuses: ['InvokedViaFunctionUrl'],
  partly: 'function URLs, event source tokens',
  permissions: onFunction('AddPermission'),
  run: (service, input) => {
    const { fn, qualifier, arn } = service.resolve(input.FunctionName, input.Qualifier);
    if (input.FunctionUrlAuthType) throw notModelled('function URLs');
    if (input.EventSourceToken) throw notModelled('permissions with an event source token');
    const sid = input.StatementId ?? '';
    const statements = fn.policies.get(qualifier ?? '') ?? [];
    if (statements.some((statement) => statement.Sid === sid))
      throw new AwsError(
        'ResourceConflictException',
        `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        { status: 409, fields: { Type: 'User' } },
      );
    const principal = input.Principal ?? '';
    const statement: PolicyStatement = {
      Sid: sid,
      Effect: 'Allow',
      Principal: principalOf(principal),
      Action: input.Action ?? '',
      Resource: arn,
      ...conditionOf(input),
    };
    fn.policies.set(qualifier ?? '', [...statements, statement]);
    return { Statement: JSON.stringify(statement) };
  },
};

const principalOf = (principal: string): PolicyStatement['Principal'] => {
  if (principal === '*') return '*';
  if (principal.endsWith('.amazonaws.com')) return { Service: principal };
  return { AWS: /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal };
};

const conditionOf = (input: AddPermissionRequest): Pick<PolicyStatement, 'Condition'> => {
  const equals: Record<string, string> = {};
  if (input.SourceAccount) equals['AWS:SourceAccount'] = input.SourceAccount;
  if (input.PrincipalOrgID) equals['aws:PrincipalOrgID'] = input.PrincipalOrgID;
  const condition: Record<string, Record<string, string>> = {};
  if (Object.keys(equals).length > 0) condition.StringEquals = equals;
  if (input.SourceArn) condition.ArnLike = { 'AWS:SourceArn': input.SourceArn };
  return Object.keys(condition).length > 0 ? { Condition: condition } : {};
};
