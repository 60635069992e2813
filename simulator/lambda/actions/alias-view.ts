import type { AliasConfiguration } from '@aws-sdk/client-lambda';
import { AwsError } from '../../cloud/aws-error.ts';
import type { Alias, LambdaFunction } from '../model.ts';

/** An alias as AWS answers it. */
export const aliasView = (fn: LambdaFunction, alias: Alias): AliasConfiguration => ({
  AliasArn: `${fn.arn}:${alias.name}`,
  Name: alias.name,
  FunctionVersion: alias.functionVersion,
  Description: alias.description,
  RevisionId: alias.revisionId,
});

/** @throws AwsError */
export const aliasOf = (fn: LambdaFunction, name: string | undefined): Alias => {
  const alias = fn.aliases.get(name ?? '');
  if (!alias)
    throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${fn.arn}:${name}`, { status: 404 });
  return alias;
};

/** @throws AwsError when the version does not exist. */
export const requireVersion = (fn: LambdaFunction, version: string | undefined): string => {
  if (version !== '$LATEST' && !fn.published.has(version ?? ''))
    throw new AwsError('ResourceNotFoundException', `Function not found: ${fn.arn}:${version}`, { status: 404 });
  return version as string;
};
