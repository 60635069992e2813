import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { nameOf } from '../core/errors.ts';
import type { Check, SharedParts } from '../core/release-plan.ts';

/** What a task definition names outside of ECS, without which its tasks do not start. Read, and never a value. */

interface Clients {
  readonly iam: Pick<IAMClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly secretsManager: Pick<SecretsManagerClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}

/** By the environment's configuration: four clients that are only ever made together. */
export const clientsOfReferenced = () => ({
  iam: new IAMClient(),
  logs: new CloudWatchLogsClient(),
  secretsManager: new SecretsManagerClient(),
  ssm: new SSMClient(),
});

const absent: ReadonlySet<string> = new Set(['NoSuchEntity', 'NoSuchEntityException', 'ResourceNotFoundException']);
const denied: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException']);

const look = async (check: string, exists: () => Promise<boolean>): Promise<Check> => {
  try {
    if (await exists()) return { check, outcome: 'ok', reason: `The ${check} exists.` };
  } catch (error) {
    // What the configuration does not name, of an adopted service say, this function may not look at.
    if (denied.has(nameOf(error))) return { check, outcome: 'warns', reason: `The ${check} may not be looked at.` };
    if (!absent.has(nameOf(error))) throw error;
  }
  return { check, outcome: 'warns', reason: `The ${check} does not exist: tasks that name it do not start.` };
};

/** Roles, secrets, parameters and log groups that these task definitions name, each looked at once. */
export const lookAtReferenced = async (
  clients: Clients,
  definitions: readonly RegisterTaskDefinitionCommandInput[],
): Promise<readonly Check[]> => {
  const containers = definitions.flatMap(({ containerDefinitions = [] }) => containerDefinitions);
  const roles = definitions.flatMap(({ executionRoleArn, taskRoleArn }) => [executionRoleArn, taskRoleArn]);
  const secrets = containers.flatMap((each) => (each.secrets ?? []).map(({ valueFrom }) => valueFrom));
  const groups = containers.map(({ logConfiguration }) => logConfiguration?.options?.['awslogs-group']);
  const each = (names: readonly (string | undefined)[]): readonly string[] => [
    ...new Set(names.flatMap((name) => name ?? [])),
  ];
  const checks: Check[] = [];
  for (const arn of each(roles)) {
    const RoleName = arn.slice(arn.lastIndexOf('/') + 1);
    checks.push(
      await look(
        `role ${RoleName}`,
        async () => (await clients.iam.send(new GetRoleCommand({ RoleName }))).Role !== undefined,
      ),
    );
  }
  for (const from of each(secrets)) {
    if (from.includes(':secretsmanager:')) {
      // A reference may go on behind the secret's name: `:json-key:version-stage:version-id`.
      const SecretId = from.split(':').slice(0, 7).join(':');
      const check = `secret ${SecretId.split(':')[6]}`;
      checks.push(
        await look(check, async () => {
          const { DeletedDate } = await clients.secretsManager.send(new DescribeSecretCommand({ SecretId }));
          return DeletedDate === undefined;
        }),
      );
      continue;
    }
    const name = from.includes(':parameter/') ? from.slice(from.indexOf(':parameter/') + ':parameter'.length) : from;
    checks.push(
      await look(`parameter ${name}`, async () => {
        const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
        const { Parameters } = await clients.ssm.send(new DescribeParametersCommand({ ParameterFilters }));
        return (Parameters ?? []).length > 0;
      }),
    );
  }
  for (const logGroupNamePrefix of each(groups)) {
    checks.push(
      await look(`log group ${logGroupNamePrefix}`, async () => {
        const { logGroups } = await clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
        return (logGroups ?? []).some(({ logGroupName }) => logGroupName === logGroupNamePrefix);
      }),
    );
  }
  return checks;
};

/** What the twins of a service share, read from the container that runs it. */
export const sharedPartsOf = (
  twin: string,
  definition: RegisterTaskDefinitionCommandInput,
  digest: string,
): SharedParts & { readonly stopTimeoutSeconds: number | undefined } => {
  const container = definition.containerDefinitions?.find(({ image }) => image?.endsWith(`@${digest}`));
  const { environment = [], secrets = [], logConfiguration, image = '', stopTimeout } = container ?? {};
  return {
    twin,
    environment: Object.fromEntries(environment.map(({ name, value }) => [name ?? '', value ?? ''])),
    secrets: Object.fromEntries(secrets.map(({ name, valueFrom }) => [name ?? '', valueFrom ?? ''])),
    executionRole: definition.executionRoleArn ?? '',
    log: { ...logConfiguration },
    image: image.slice(image.indexOf('@') + 1),
    stopTimeoutSeconds: stopTimeout,
  };
};
