import type { CreateLoadBalancerInput, CreateLoadBalancerOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { Attributes, loadBalancerAttributes } from '../attributes.ts';
import type { ElbService } from '../elb-service.ts';
import { elbErrors } from '../errors.ts';
import type { LoadBalancer } from '../model.ts';
import { checkName } from '../names.ts';
import { subnetsOf } from '../subnets.ts';
import { readTags } from '../tags.ts';
import { describeLoadBalancer } from '../views.ts';

/** The load balancer is active at once; AWS takes some minutes, which nothing here waits for. */
export const createLoadBalancer: ActionDefinition<ElbService, CreateLoadBalancerInput, CreateLoadBalancerOutput> = {
  refuses: ['EnablePrefixForIpv6SourceNat'],
  partly: 'other types than application, address pools',
  permissions: (service, input) => {
    const resource = service.arnOf(`loadbalancer/app/${input.Name ?? ''}/*`);
    return ['CreateLoadBalancer', ...(input.Tags?.length ? ['AddTags'] : [])].map((action) => ({
      action: `elasticloadbalancing:${action}`,
      resource,
    }));
  },
  run: (service, input) => {
    const { ctx } = service;
    const name = checkName('Load balancer', input.Name);
    if (name.startsWith('internal-'))
      throw elbErrors.validation(`Load balancer name '${name}' cannot begin with 'internal-'`);
    if ((input.Type ?? 'application') !== 'application') throw notModelled(`load balancers of the type ${input.Type}`);
    if (input.CustomerOwnedIpv4Pool || input.IpamPools) throw notModelled('address pools of load balancers');
    const subnets = subnetsOf(input);
    const tags = readTags(input.Tags);
    const { Tags: _, ...settings } = input;
    const request = JSON.stringify(settings);
    const existing = [...service.loadBalancers.values()].find((other) => other.name === name);
    if (existing) {
      if (existing.request !== request) throw elbErrors.duplicateLoadBalancerName(name);
      return { LoadBalancers: [describeLoadBalancer(ctx, existing)] };
    }
    const scheme = input.Scheme ?? 'internet-facing';
    const prefix = scheme === 'internal' ? 'internal-' : '';
    const digits = Number.parseInt(ctx.kernel.hex('elb.dns-name', 8), 16);
    const loadBalancer: LoadBalancer = {
      arn: service.arnOf(`loadbalancer/app/${name}/${ctx.kernel.hex('elb.load-balancer', 16)}`),
      name,
      dnsName: `${prefix}${name}-${digits}.${ctx.region}.elb.amazonaws.com`,
      scheme,
      createdMs: ctx.kernel.now(),
      attributes: new Attributes('Load balancer', loadBalancerAttributes),
      tags,
      request,
      ipAddressType: input.IpAddressType ?? 'ipv4',
      subnets,
      securityGroups: [...(input.SecurityGroups ?? [])],
    };
    service.loadBalancers.set(loadBalancer.arn, loadBalancer);
    return { LoadBalancers: [describeLoadBalancer(ctx, loadBalancer)] };
  },
};
