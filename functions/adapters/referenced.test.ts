import { expect, it } from 'vitest';
import { fakeClient, namedError, raise } from './fake-clients.ts';
import { lookAtReferenced } from './referenced.ts';

const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:key-abcdef';
const parameter = 'arn:aws:ssm:us-east-1:123456789012:parameter/shop/flag';
const definition = {
  family: 'shop-fargate',
  executionRoleArn: 'arn:aws:iam::123456789012:role/starts',
  containerDefinitions: [
    {
      secrets: [
        { name: 'KEY', valueFrom: `${secret}:json::` },
        { name: 'FLAG', valueFrom: parameter },
      ],
      logConfiguration: { logDriver: 'awslogs' as const, options: { 'awslogs-group': '/shop' } },
    },
  ],
};
const there = {
  GetRole: () => ({ Role: {} }),
  DescribeSecret: () => ({}),
  DescribeParameters: () => ({ Parameters: [{}] }),
  DescribeLogGroups: () => ({ logGroups: [{ logGroupName: '/shop' }] }),
};
const look = async (change: Partial<Record<keyof typeof there, () => unknown>> = {}) => {
  const client = fakeClient({ ...there, ...change });
  const clients = { iam: client, logs: client, secretsManager: client, ssm: client };
  return (await lookAtReferenced(clients, [definition, definition])).map(({ check, outcome, reason }) => ({
    check,
    outcome,
    reason,
  }));
};

it('looks once at each role, secret, parameter and log group that is named', async () => {
  const checks = await look();
  expect(checks.map(({ check }) => check)).toEqual([
    'role starts',
    'secret key-abcdef',
    'parameter /shop/flag',
    'log group /shop',
  ]);
  expect(checks.every(({ outcome }) => outcome === 'ok')).toBe(true);
});

it.each([
  ['role starts', { GetRole: raise(namedError('NoSuchEntityException')) }, 'does not exist'],
  ['secret key-abcdef', { DescribeSecret: raise(namedError('ResourceNotFoundException')) }, 'does not exist'],
  ['secret key-abcdef', { DescribeSecret: () => ({ DeletedDate: new Date(0) }) }, 'does not exist'],
  ['parameter /shop/flag', { DescribeParameters: () => ({ Parameters: [] }) }, 'does not exist'],
  ['log group /shop', { DescribeLogGroups: () => ({ logGroups: [{ logGroupName: '/shop-2' }] }) }, 'does not exist'],
  ['role starts', { GetRole: raise(namedError('AccessDenied')) }, 'may not be looked at'],
])('warns of a %s that is not there or may not be seen', async (check, change, words) => {
  const warned = (await look(change)).filter(({ outcome }) => outcome === 'warns');
  expect(warned).toEqual([{ check, outcome: 'warns', reason: expect.stringContaining(words) }]);
});

it('does not take a failure of AWS for an absence', async () => {
  await expect(look({ GetRole: raise(namedError('ServiceFailure')) })).rejects.toMatchObject({
    name: 'ServiceFailure',
  });
});
