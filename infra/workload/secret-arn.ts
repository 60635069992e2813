import { ArnFormat, type Stack } from 'aws-cdk-lib';

/** ARN of what a configuration names as a secret: `/…` is a parameter, anything else a secret of Secrets Manager. */
export const secretArn = (stack: Stack, name: string): string =>
  name.startsWith('/')
    ? stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) })
    : stack.formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: name,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
