import type { UpdateStateMachineInput, UpdateStateMachineOutput } from '@aws-sdk/client-sfn';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { parseDefinition } from '../definition/parse-definition.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';
import { passRole } from './pass-role.ts';

/** Running executions go on with the definition and the role that they started with. */
export const updateStateMachine: ActionDefinition<
  StepFunctionsService,
  UpdateStateMachineInput,
  UpdateStateMachineOutput
> = {
  refuses: ['encryptionConfiguration', 'versionDescription'],
  partly: 'JSONPath, versions, Map in distributed mode, activities, integrations that the table below does not list',
  permissions: (_service, input) => [
    { action: 'states:UpdateStateMachine', resource: input.stateMachineArn ?? '*' },
    ...passRole(input.roleArn),
  ],
  run: (service, input) => {
    const machine = service.machine(input.stateMachineArn);
    if (input.publish) throw notModelled('versions of state machines');
    const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
    if (!definition && !roleArn && !loggingConfiguration && !tracingConfiguration)
      throw new AwsError(
        'MissingRequiredParameter',
        'Either the definition, the role ARN, the LoggingConfiguration, the TracingConfiguration or the EncryptionConfiguration must be specified',
      );
    if (definition) {
      machine.definition = parseDefinition(definition);
      machine.definitionText = definition;
    }
    if (roleArn) machine.roleArn = roleArn;
    if (loggingConfiguration) machine.loggingConfiguration = structuredClone(loggingConfiguration);
    if (tracingConfiguration) machine.tracingConfiguration = { ...tracingConfiguration };
    const { kernel } = service.ctx;
    machine.updatedMs = kernel.now();
    machine.revisionId = kernel.uuid('states-revision-id');
    return { updateDate: new Date(machine.updatedMs), revisionId: machine.revisionId };
  },
};
