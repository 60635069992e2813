import { AwsError } from '../cloud/aws-error.ts';

/** The parts of a function's name as callers give it: a name, a partial or a full ARN, with or without a qualifier. */
export const splitFunctionName = (given: string): { readonly name: string; readonly qualifier: string | undefined } => {
  const match =
    /^(?:(?:arn:[\w-]+:lambda:[\w-]+:)?(?:\d{12}:)?function:)?([A-Za-z0-9-_]+)(?::(\$LATEST|[A-Za-z0-9-_]+))?$/.exec(
      given,
    );
  if (!match)
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ` +
        '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?(-iso([a-z])?)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
    );
  return { name: match[1] as string, qualifier: match[2] };
};
