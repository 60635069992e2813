import type {
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult,
  InstanceInformation,
} from '@aws-sdk/client-ssm';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ManagedMachine } from '../../cloud/ports.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SsmService } from '../ssm-service.ts';

/** Whether machines answer Systems Manager's agent, which has a link of its own beside the one of ECS's agent. */
export const describeInstanceInformation: ActionDefinition<
  SsmService,
  DescribeInstanceInformationRequest,
  DescribeInstanceInformationResult
> = {
  partly: 'filters other than by `InstanceIds`, `PingStatus` and `ResourceType`',
  run: (service, input) => {
    const filters = [
      ...(input.Filters ?? []).map(({ Key = '', Values = [] }) => [Key, Values] as const),
      ...(input.InstanceInformationFilterList ?? []).map(({ key = '', valueSet = [] }) => [key, valueSet] as const),
    ];
    const found = [...service.machines()]
      .map((machine) => view(service, machine))
      .filter((one) => filters.every(([key, values]) => values.includes(memberOf(one, key))))
      .sort((a, b) => ((a.InstanceId ?? '') < (b.InstanceId ?? '') ? -1 : 1));
    const { NextToken } = input;
    const rest = NextToken === undefined ? found : found.filter(({ InstanceId = '' }) => InstanceId > NextToken);
    const size = input.MaxResults ?? 50;
    if (size < 5 || size > 50)
      throw new AwsError(
        'ValidationException',
        `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between 5 and 50`,
      );
    const page = rest.slice(0, size);
    return {
      InstanceInformationList: page,
      ...(page.length < rest.length ? { NextToken: page.at(-1)?.InstanceId } : {}),
    };
  },
};

const memberOf = (one: InstanceInformation, key: string): string => {
  switch (key) {
    case 'InstanceIds':
      return one.InstanceId ?? '';
    case 'PingStatus':
    case 'PingStatuses':
      return one.PingStatus ?? '';
    case 'ResourceType':
      return one.ResourceType ?? '';
    default:
      throw notModelled(`the filter ${key} of DescribeInstanceInformation`);
  }
};

const view = ({ ctx }: SsmService, machine: ManagedMachine): InstanceInformation => {
  const { kernel, fidelity } = ctx;
  const heardUntilMs = machine.isLinked ? kernel.now() : machine.linkChangedMs;
  const pingMs = kernel.paced(fidelity.ssm.pingMs);
  const pings = Math.max(0, Math.floor((heardUntilMs - machine.registeredMs) / pingMs));
  const isLost =
    !machine.isLinked && kernel.now() - machine.linkChangedMs >= kernel.paced(fidelity.ssm.connectionLostMs);
  return {
    InstanceId: machine.id,
    PingStatus: isLost ? 'ConnectionLost' : 'Online',
    LastPingDateTime: new Date(machine.registeredMs + pings * pingMs),
    AgentVersion: '3.3.3050.0',
    IsLatestVersion: true,
    PlatformType: 'Linux',
    PlatformName: 'Ubuntu',
    PlatformVersion: '24.04',
    RegistrationDate: new Date(machine.registeredMs),
    ResourceType: 'ManagedInstance',
    ComputerName: machine.id,
    SourceId: machine.id,
    SourceType: 'AWS::SSM::ManagedInstance',
  };
};
