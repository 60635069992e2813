import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { Parameter } from '../parameter.ts';
import type { SsmService } from '../ssm-service.ts';

/** The parameter that a request about tags names. @throws AwsError */
export const taggedParameter = (
  service: SsmService,
  input: { readonly ResourceType?: string | undefined; readonly ResourceId?: string | undefined },
): Parameter => {
  if (input.ResourceType !== 'Parameter') throw notModelled(`tags of the resource type ${input.ResourceType}`);
  const found = service.find(input.ResourceId);
  if (!found)
    throw new AwsError(
      'InvalidResourceId',
      'The resource ID is not valid. Verify that you entered the correct ID and try again.',
    );
  return found.parameter;
};
