import { notModelled } from '../../cloud/aws-error.ts';
import { stepFunctionsErrors } from '../errors.ts';
import type { StateMachine } from '../state-machine.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

/** @throws AwsError `ResourceNotFound`, which the tagging actions answer instead of `StateMachineDoesNotExist` */
export const taggedMachine = (service: StepFunctionsService, arn: string | undefined): StateMachine => {
  if (arn?.split(':')[5] === 'activity') throw notModelled('tags on activities');
  const machine = service.machines.get(arn ?? '');
  if (!machine) throw stepFunctionsErrors.resourceNotFound(arn ?? '');
  return machine;
};
