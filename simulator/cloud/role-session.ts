import type { Caller } from './service.ts';

/** The caller that a service of AWS is when it acts in a role. */
export const roleSession = (roleArn: string, sessionName: string): Caller => {
  const accountId = roleArn.split(':')[4] ?? '';
  const roleName = roleArn.split('/').at(-1) ?? '';
  return {
    kind: 'role',
    roleArn,
    sessionName,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
  };
};
