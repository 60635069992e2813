/**
 * The CDK's feature flags that change what these stacks synthesize to, each at its recommended value. They stand here
 * and not in `cdk.json` because only the CDK's command line reads that file: tests, the local cloud and `node
 * infra/app.ts` would otherwise synthesize different templates from the ones that deploy.
 */
export const featureFlags: Readonly<Record<string, boolean>> = {
  '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': false,
  '@aws-cdk/aws-events:eventsTargetQueueSameAccount': true,
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy': false,
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': true,
  '@aws-cdk/core:aspectPrioritiesMutating': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:explicitStackTags': true,
  '@aws-cdk/core:validateSnapshotRemovalPolicy': true,
};
