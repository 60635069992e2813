import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BurstSettings,
  burstAlarmMessages,
  type ConfigurationInput,
  capacitiesOf,
  defineConfiguration,
  ExternalCapacity,
  HealthCheck,
  Installation,
  InvalidConfiguration,
  outlastsStop,
  QueueConfiguration,
  RolloutSettings,
  ServiceConfiguration,
} from './configuration.ts';

const valid = (): ConfigurationInput => ({
  queues: { orders: {} },
  tables: ['orders'],
  services: {
    worker: {
      cpuUnits: 256,
      memoryMiB: 512,
      receivesFrom: ['orders'],
      external: { baseTasks: 3 },
      fargate: { baseTasks: 0, maxTasks: 8 },
      burst: { queue: 'orders', deadlineSeconds: 20, workSecondsPerMessage: 0.5, messagesPerTask: 2 },
    },
  },
});

const mistake = (change: (input: ConfigurationInput) => void): string => {
  const input = valid();
  change(input);
  try {
    defineConfiguration(input);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidConfiguration);
    return (error as Error).message;
  }
  return 'accepted';
};
const worker = (input: ConfigurationInput): ConfigurationInput['services'][string] =>
  input.services.worker as ConfigurationInput['services'][string];
const burst = (input: ConfigurationInput) => worker(input).burst as NonNullable<ReturnType<typeof worker>['burst']>;

describe('the configuration', () => {
  it('accepts a service on both capacities and fills in the defaults', () => {
    const { services } = defineConfiguration(valid());
    expect(services.worker).toMatchObject({
      port: 8080,
      stopTimeoutSeconds: 30,
      rollout: { trigger: 'push', waves: ['fargate', 'external'] },
    });
    expect(capacitiesOf(services.worker as ServiceConfiguration)).toEqual(['fargate', 'external']);
  });

  it.each<[string, (input: ConfigurationInput) => void, RegExp]>([
    [
      'a service that runs nowhere',
      (input) => void Object.assign(input.services, { idle: { cpuUnits: 256, memoryMiB: 512 } }),
      /services\.idle: runs nowhere; give it 'external', 'fargate' or both/,
    ],
    [
      'memory that Fargate does not combine',
      (input) => void Object.assign(worker(input), { memoryMiB: 700 }),
      /services\.worker\.memoryMiB: Fargate accepts 512, 1024, 2048 with 256 CPU units/,
    ],
    [
      'CPU that Fargate does not have',
      (input) => void Object.assign(worker(input), { cpuUnits: 300 }),
      /services\.worker\.cpuUnits: Fargate accepts 256, 512/,
    ],
    [
      'an unknown queue',
      (input) => void Object.assign(worker(input), { sendsTo: ['ordres'] }),
      /services\.worker\.sendsTo\.0: 'ordres' is not one of the queues: orders/,
    ],
    [
      'an unknown table',
      (input) => void Object.assign(worker(input), { tables: ['order'] }),
      /services\.worker\.tables\.0: 'order' is not one of the tables: orders/,
    ],
    [
      'an unknown field',
      (input) => void Object.assign(worker(input), { memory: 1 }),
      /services\.worker: has no field 'memory'; accepted are cpuUnits, memoryMiB, /,
    ],
    [
      'a name with capitals',
      (input) =>
        void Object.assign(input.services, { Web: { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1 } } }),
      /services\.Web: lower-case letters, digits and hyphens/,
    ],
    [
      'a stop timeout over 120 s',
      (input) => void Object.assign(worker(input), { stopTimeoutSeconds: 121 }),
      /services\.worker\.stopTimeoutSeconds: .*120/,
    ],
    [
      'paths without Fargate',
      (input) => void Object.assign(worker(input), { fargate: undefined, burst: undefined, paths: ['/'] }),
      /services\.worker\.paths: needs fargate/,
    ],
    [
      'a burst without Fargate',
      (input) => void Object.assign(worker(input), { fargate: undefined }),
      /services\.worker\.burst: needs both external and fargate/,
    ],
    [
      'a burst on a queue it does not read',
      (input) => void Object.assign(worker(input), { receivesFrom: [] }),
      /services\.worker\.burst\.queue: must be one of receivesFrom: \(none\)/,
    ],
    [
      'a burst that could add nothing',
      (input) => void Object.assign(worker(input), { fargate: { baseTasks: 2, maxTasks: 2 } }),
      /services\.worker\.fargate\.maxTasks: must be more than baseTasks, 2, or a burst could add nothing/,
    ],
    [
      'a day that may cost less than an hour',
      (input) => void Object.assign(burst(input), { budget: { hourlyUsd: 2, dailyUsd: 1.99 } }),
      /services\.worker\.burst\.budget\.dailyUsd: must be at least hourlyUsd, 2/,
    ],
    [
      'a quota that holds no task',
      (input) => {
        Object.assign(worker(input), { cpuUnits: 512, memoryMiB: 1024 });
        Object.assign(burst(input), { vcpuQuota: 0.49 });
      },
      /services\.worker\.burst\.vcpuQuota: must hold at least one task, 0\.5 vCPU/,
    ],
    [
      'a wave that is left out',
      (input) => void Object.assign(worker(input), { rollout: { waves: ['fargate'] } }),
      /services\.worker\.rollout\.waves: leaves out 'external'/,
    ],
    [
      'percents under which nothing could move',
      (input) =>
        void Object.assign(worker(input), {
          external: { baseTasks: 1, minimumHealthyPercent: 100, maximumPercent: 100 },
        }),
      /services\.worker\.external\.maximumPercent: with minimumHealthyPercent 100/,
    ],
    [
      'default percents that leave one task no room: 50 percent rounded up and 150 rounded down are both 1',
      (input) => void Object.assign(worker(input), { external: { baseTasks: 1 } }),
      /services\.worker\.external\.maximumPercent: with minimumHealthyPercent 50 .* at a count of 1: .* give a higher/,
    ],
    [
      'a path that two services claim',
      (input) =>
        void Object.assign(input.services, {
          one: { cpuUnits: 256, memoryMiB: 512, paths: ['/*'], fargate: { baseTasks: 1 } },
          two: { cpuUnits: 256, memoryMiB: 512, paths: ['/*'], fargate: { baseTasks: 1 } },
        }),
      /services\.two\.paths\.0: '\/\*' leads to one already/,
    ],
    [
      'a queue of the premises that Fargate would receive from',
      (input) => void Object.assign(worker(input), { receivesFromOnPremises: ['orders'] }),
      /services\.worker\.receivesFrom\.0: 'orders' is bound to the premises by services\.worker/,
    ],
    [
      'a secret with the name of a variable',
      (input) => void Object.assign(worker(input), { environment: { KEY: 'a' }, secrets: { KEY: 'shop/key' } }),
      /services\.worker\.secrets\.KEY: is in environment too/,
    ],
    [
      "the controller's table",
      (input) => void Object.assign(input, { tables: ['orders', 'spillway'] }),
      /tables\.1: 'spillway' is the controller's own table/,
    ],
    [
      'an existing VPC with a subnet too few',
      (input) =>
        void Object.assign(input, {
          existing: {
            vpcId: 'vpc-0abc',
            availabilityZones: ['eu-west-1a', 'eu-west-1b'],
            publicSubnetIds: ['subnet-01', 'subnet-02'],
            privateSubnetIds: ['subnet-03'],
          },
        }),
      /existing\.privateSubnetIds: has 1 subnets; it needs one for each of the 2 availabilityZones/,
    ],
    [
      'a cap below the base',
      (input) => void Object.assign(worker(input), { external: { baseTasks: 3, maxTasks: 2 } }),
      /services\.worker\.external\.maxTasks: must be at least baseTasks, 3/,
    ],
    [
      'an existing VPC without its subnets',
      (input) => void Object.assign(input, { existing: { vpcId: 'vpc-0abc' } }),
      /existing\.privateSubnetIds: is needed when existing\.vpcId is given/,
    ],
  ])('names the field and what is accepted for %s', (_what, change, message) => {
    expect(mistake(change)).toMatch(message);
  });

  it('accepts the default percents from 2 external tasks on, and 1 with a maximum of 200 percent', () => {
    expect(mistake((input) => void Object.assign(worker(input), { external: { baseTasks: 2 } }))).toBe('accepted');
    const wide = { external: { baseTasks: 1, maximumPercent: 200 } };
    expect(mistake((input) => void Object.assign(worker(input), wide))).toBe('accepted');
  });

  it('accepts a day that may cost as much as an hour, and a quota of one task', () => {
    expect(
      mistake((input) => void Object.assign(burst(input), { budget: { hourlyUsd: 2, dailyUsd: 2 }, vcpuQuota: 0.25 })),
    ).toBe('accepted');
  });

  it('spares busy tasks only where a message takes longer than the stop timeout less 5 s', () => {
    const spares = (workSecondsPerMessage: number): boolean => {
      const input = valid();
      Object.assign(burst(input), { workSecondsPerMessage });
      return outlastsStop(defineConfiguration(input).services.worker as ServiceConfiguration);
    };
    expect([spares(25), spares(25.1)]).toEqual([false, true]);
  });

  it('raises the alarm at what the base picks up within half the deadline: 3 tasks x 4 a second x 10 s', () => {
    const { services } = defineConfiguration(valid());
    expect(burstAlarmMessages(services.worker as ServiceConfiguration)).toBe(120);
  });

  it('documents every field in docs/configuration.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
    const fields = [
      ServiceConfiguration,
      HealthCheck,
      ExternalCapacity,
      RolloutSettings,
      BurstSettings,
      QueueConfiguration,
      Installation,
    ].flatMap((schema) => Object.keys(schema.shape));
    expect(fields.filter((field) => !page.includes(`| \`${field}\` |`))).toEqual([]);
  });
});
