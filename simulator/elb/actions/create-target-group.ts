import type { CreateTargetGroupInput, CreateTargetGroupOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import { defaultHealthCheck, withHealthCheck } from '../health-check-settings.ts';
import { checkName } from '../names.ts';
import { readTags } from '../tags.ts';
import { describeTargetGroup } from '../views.ts';

export const createTargetGroup: ActionDefinition<ElbService, CreateTargetGroupInput, CreateTargetGroupOutput> = {
  refuses: ['TargetControlPort'],
  partly: 'other target types than ip, other protocols than HTTP, health checks on another port',
  permissions: (service, input) => {
    const resource = service.arnOf(`targetgroup/${input.Name ?? ''}/*`);
    return ['CreateTargetGroup', ...(input.Tags?.length ? ['AddTags'] : [])].map((action) => ({
      action: `elasticloadbalancing:${action}`,
      resource,
    }));
  },
  run: (service, input) => {
    const name = checkName('Target group', input.Name);
    const type = input.TargetType ?? 'instance';
    if (type !== 'ip') throw notModelled(`target groups of the type ${type}`);
    if (!input.Protocol) throw elbErrors.validation('A protocol must be specified');
    if (input.Protocol !== 'HTTP') throw notModelled(`target groups with the protocol ${input.Protocol}`);
    if ((input.ProtocolVersion ?? 'HTTP1') !== 'HTTP1')
      throw notModelled(`target groups with the protocol version ${input.ProtocolVersion}`);
    const port = input.Port;
    if (port === undefined) throw elbErrors.validation('A port must be specified');
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
      throw elbErrors.validation(`Port '${port}' must be between 1 and 65535`);
    const healthCheck = withHealthCheck(defaultHealthCheck, input, port);
    const tags = readTags(input.Tags);
    const { Tags: _, ...settings } = input;
    const request = JSON.stringify(settings);
    const existing = [...service.targetGroups.values()].find((other) => other.name === name);
    if (existing) {
      if (existing.request !== request) throw elbErrors.duplicateTargetGroupName(name);
      return { TargetGroups: [describeTargetGroup(existing, service.loadBalancersOf(existing.arn))] };
    }
    const group = service.newTargetGroup({
      arn: service.arnOf(`targetgroup/${name}/${service.ctx.kernel.hex('elb.target-group', 16)}`),
      name,
      port,
      vpcId: input.VpcId,
      ipAddressType: input.IpAddressType ?? 'ipv4',
      healthCheck,
      request,
    });
    for (const [key, value] of tags) group.tags.set(key, value);
    return { TargetGroups: [describeTargetGroup(group, [])] };
  },
};
