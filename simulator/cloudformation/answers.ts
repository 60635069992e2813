import type { Stack as StackAnswer } from '@aws-sdk/client-cloudformation';
import type { Stack, StackResource } from './stack.ts';

export const stackAnswer = (stack: Stack): StackAnswer => ({
  StackId: stack.id,
  StackName: stack.name,
  ...(stack.template.description === undefined ? {} : { Description: stack.template.description }),
  Parameters: Object.entries(stack.parameters.given).map(([ParameterKey, given]) => {
    const declaration = stack.template.parameters[ParameterKey];
    const value = stack.parameters.values[ParameterKey];
    const resolved = typeof value === 'string' ? value : value?.join(',');
    return {
      ParameterKey,
      ParameterValue: declaration?.NoEcho ? '****' : given,
      ...(declaration?.Type.startsWith('AWS::SSM::Parameter::Value') ? { ResolvedValue: resolved } : {}),
    };
  }),
  CreationTime: new Date(stack.createdMs),
  ...(stack.updatedMs === undefined ? {} : { LastUpdatedTime: new Date(stack.updatedMs) }),
  ...(stack.deletedMs === undefined ? {} : { DeletionTime: new Date(stack.deletedMs) }),
  RollbackConfiguration: {},
  StackStatus: stack.status,
  ...(stack.statusReason === undefined ? {} : { StackStatusReason: stack.statusReason }),
  DisableRollback: stack.disableRollback,
  NotificationARNs: [],
  Capabilities: [...stack.capabilities] as StackAnswer['Capabilities'],
  Outputs: stack.outputs.map((output) => ({ ...output })),
  Tags: stack.tags.map((tag) => ({ ...tag })),
  EnableTerminationProtection: false,
  DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
});

/** The members that every description of a stack's resource has. */
export const resourceAnswer = (resource: StackResource) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ...(resource.statusReason === undefined ? {} : { ResourceStatusReason: resource.statusReason }),
});
