/**
 * The CDK's feature flags that change what these stacks synthesize to. They stand here and not in `cdk.json` because
 * only the CDK's command line reads that file: tests, the local cloud and `node infra/app.ts` would otherwise
 * synthesize different templates from the ones that deploy.
 */
export const featureFlags: Readonly<Record<string, unknown>> = {
  // Statements that allow the same on the same things become one: a policy holds 10,240 characters.
  '@aws-cdk/aws-iam:minimizePolicies': true,
  // A published version is told from the next one by all that a layer or its configuration changes.
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/core:checkSecretUsage': true,
  // The subnets and security groups of the network outlive every workload in them, so an export that cannot be changed
  // while it is imported is a guard here and not a knot.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};
