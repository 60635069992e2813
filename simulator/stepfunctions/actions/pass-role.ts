import type { Permission } from '../../cloud/service.ts';

/** Whoever gives a machine its role must be allowed to pass it to Step Functions. */
export const passRole = (roleArn: string | undefined): readonly Permission[] =>
  roleArn === undefined
    ? []
    : [
        {
          action: 'iam:PassRole',
          resource: roleArn,
          context: { 'iam:PassedToService': 'states.amazonaws.com' },
        },
      ];
