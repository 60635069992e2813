import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  LogGroupClass,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LogsService } from '../logs-service.ts';

export const describeLogGroups: ActionDefinition<LogsService, DescribeLogGroupsRequest, DescribeLogGroupsResponse> = {
  refuses: ['accountIdentifiers', 'includeLinkedAccounts', 'logGroupIdentifiers'],
  permissions: (service) => [{ action: 'logs:DescribeLogGroups', resource: `${service.arnOf('')}:log-stream:` }],
  run: (service, input) => {
    const { logGroupNamePrefix = '', logGroupNamePattern = '', nextToken } = input;
    const matching = [...service.groups.values()]
      .filter(
        ({ name }) =>
          name.startsWith(logGroupNamePrefix) && name.toLowerCase().includes(logGroupNamePattern.toLowerCase()),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const rest = nextToken === undefined ? matching : matching.filter(({ name }) => name > nextToken);
    const page = rest.slice(0, input.limit ?? 50);
    return {
      logGroups: page.map((group) => ({
        logGroupName: group.name,
        creationTime: group.createdMs,
        ...(group.retentionDays === undefined ? {} : { retentionInDays: group.retentionDays }),
        metricFilterCount: 0,
        arn: `${group.arn}:*`,
        storedBytes: 0,
        ...(group.kmsKeyId === undefined ? {} : { kmsKeyId: group.kmsKeyId }),
        logGroupClass: group.logGroupClass as LogGroupClass,
        logGroupArn: group.arn,
      })),
      ...(page.length < rest.length ? { nextToken: page.at(-1)?.name } : {}),
    };
  },
};
