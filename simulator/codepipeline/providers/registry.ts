import type { ActionTypeId } from '@aws-sdk/client-codepipeline';
import { notModelled } from '../../cloud/aws-error.ts';
import { connectionSource } from './connection-source.ts';
import { ecrSource } from './ecr-source.ts';
import { manualApproval } from './manual-approval.ts';
import type { ActionProvider } from './provider.ts';
import { s3Source } from './s3-source.ts';
import { stepFunctionsInvoke } from './step-functions-invoke.ts';

export const actionProviders: readonly ActionProvider[] = [
  connectionSource,
  ecrSource,
  manualApproval,
  s3Source,
  stepFunctionsInvoke,
];

/** As it is written in the user guide: `Invoke/AWS/StepFunctions/1`. */
export const typeText = ({ category, owner, provider, version }: Partial<ActionTypeId>): string =>
  [category, owner, provider, version].join('/');

/** @throws AwsError for types that the simulator has not. */
export const providerOf = (type: ActionTypeId): ActionProvider => {
  const found = actionProviders.find(
    ({ category, provider }) =>
      category === type.category && provider === type.provider && type.owner === 'AWS' && type.version === '1',
  );
  if (!found) throw notModelled(`actions of the type ${typeText(type)} in CodePipeline`);
  return found;
};
