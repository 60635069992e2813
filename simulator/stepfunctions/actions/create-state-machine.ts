import type { CreateStateMachineInput, CreateStateMachineOutput } from '@aws-sdk/client-sfn';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { parseDefinition } from '../definition/parse-definition.ts';
import { stepFunctionsErrors } from '../errors.ts';
import { isValidName } from '../state-machine.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';
import { passRole } from './pass-role.ts';

/** Creating the same machine again answers with it, as long as nothing but the tags differs. */
export const createStateMachine: ActionDefinition<
  StepFunctionsService,
  CreateStateMachineInput,
  CreateStateMachineOutput
> = {
  refuses: ['encryptionConfiguration', 'versionDescription'],
  partly:
    'JSONPath, Express workflows, versions, Map in distributed mode, activities, integrations that the table below does not list',
  permissions: (service, input) => [
    { action: 'states:CreateStateMachine', resource: service.machineArn(input.name ?? '') },
    ...passRole(input.roleArn),
  ],
  run: (service, input) => {
    const { name, roleArn, definition: definitionText } = input;
    if (!name) throw stepFunctionsErrors.missing('name');
    if (!roleArn) throw stepFunctionsErrors.missing('roleArn');
    if (!definitionText) throw stepFunctionsErrors.missing('definition');
    if (!isValidName(name)) throw stepFunctionsErrors.invalidName(name);
    if (input.type === 'EXPRESS') throw notModelled('Express workflows');
    if (input.publish) throw notModelled('versions of state machines');
    const arn = service.machineArn(name);
    const definition = parseDefinition(definitionText);
    const loggingConfiguration = input.loggingConfiguration ?? { level: 'OFF', includeExecutionData: false };
    const tracingConfiguration = input.tracingConfiguration ?? { enabled: false };
    const existing = service.machines.get(arn);
    if (existing) {
      const same =
        existing.definitionText === definitionText &&
        existing.roleArn === roleArn &&
        JSON.stringify(existing.loggingConfiguration) === JSON.stringify(loggingConfiguration) &&
        JSON.stringify(existing.tracingConfiguration) === JSON.stringify(tracingConfiguration);
      if (!same) throw stepFunctionsErrors.machineAlreadyExists(arn);
      return { stateMachineArn: arn, creationDate: new Date(existing.createdMs) };
    }
    const createdMs = service.ctx.kernel.now();
    service.machines.set(arn, {
      arn,
      name,
      createdMs,
      tags: new Map((input.tags ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
      roleArn,
      definitionText,
      definition,
      loggingConfiguration: structuredClone(loggingConfiguration),
      tracingConfiguration: { ...tracingConfiguration },
      updatedMs: createdMs,
      revisionId: undefined,
    });
    return { stateMachineArn: arn, creationDate: new Date(createdMs) };
  },
};
