import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskHourUsd } from './aws-prices.ts';
import { commitSeconds, leastBudgetUsd } from './burst-caps.ts';
import {
  Adopted,
  adoptedTwins,
  BurstSettings,
  burstAlarmMessages,
  burstAlarmSeconds,
  type ConfigurationInput,
  capacitiesOf,
  clusterNameOf,
  deadLetterQueueName,
  defineConfiguration,
  ExternalCapacity,
  HealthCheck,
  Installation,
  InvalidConfiguration,
  isStuck,
  madeCapacitiesOf,
  namedRepositories,
  outlastsStop,
  PriceSettings,
  QueueConfiguration,
  RolloutSettings,
  repositoryOf,
  ServiceConfiguration,
  serviceName,
  serviceOfTwin,
  twinNames,
} from './configuration.ts';
import { plannedTwins } from './rollout-plan.ts';

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
/** Has a twin be one that was there before. */
const adopt = (input: ConfigurationInput, capacity: 'external' | 'fargate', adopted: object): void => {
  Object.assign(input, { existing: { clusterName: 'old' } });
  Object.assign(worker(input), { [capacity]: { ...worker(input)[capacity], adopted } });
};
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
      'a service that runs nowhere, and not what it gives to tasks that nobody has adopted',
      (input) =>
        void Object.assign(input.services, { idle: { cpuUnits: 256, memoryMiB: 512, environment: { A: 'b' } } }),
      /services\.idle: runs nowhere; give it 'external', 'fargate' or both$/,
    ],
    [
      'memory that Fargate does not combine',
      (input) => void Object.assign(worker(input), { memoryMiB: 700 }),
      /services\.worker\.memoryMiB: Fargate accepts 512, 1024, 2048 with 256 CPU units/,
    ],
    [
      'CPU units that Fargate does not have',
      (input) => void Object.assign(worker(input), { cpuUnits: 300 }),
      /services\.worker\.cpuUnits: Fargate accepts 256, 512, 1024, 2048, 4096, 8192 or 16384$/,
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
      'a name of one letter, which ECR takes for no repository',
      (input) =>
        void Object.assign(input.services, { w: { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1 } } }),
      /services\.w: lower-case letters, digits and hyphens, starting with a letter, 2 to 61 characters/,
    ],
    [
      'a name of 62 letters',
      (input) =>
        void Object.assign(input.services, {
          ['w'.repeat(62)]: { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1 } },
        }),
      /services\.w+: lower-case letters, digits and hyphens, starting with a letter, 2 to 61 characters/,
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
      'a budget of an hour that could never pay for a task',
      (input) => {
        Object.assign(worker(input), { cpuUnits: 16_384, memoryMiB: 32_768 });
        Object.assign(burst(input), { budget: { hourlyUsd: 0.1 } });
      },
      /services\.worker\.burst\.budget\.hourlyUsd: 0\.1 could never pay for a task beyond fargate\.baseTasks: one costs \$0\.7899 an hour, and what it may cost in 230 s is kept in hand, also in a rollout; accepted is 0\.11 or more$/,
    ],
    [
      'a budget of a day that could pay for the tasks at rest, and for no other one',
      (input) => {
        Object.assign(worker(input), {
          ...{ cpuUnits: 16_384, memoryMiB: 32_768 },
          fargate: { baseTasks: 3, maxTasks: 8, minimumHealthyPercent: 50, maximumPercent: 150 },
        });
        Object.assign(burst(input), { budget: { dailyUsd: 0.15 } });
      },
      /services\.worker\.burst\.budget\.dailyUsd: 0\.15 could never .*; accepted is 0\.16 or more$/,
    ],
    [
      'looks further apart than a message may wait',
      (input) => void Object.assign(burst(input), { lookSeconds: 21 }),
      /services\.worker\.burst\.lookSeconds: must be at most deadlineSeconds, 20, or a message could come and be late between two looks$/,
    ],
    [
      'two services that burst for one queue',
      (input) => void Object.assign(input.services, { other: { ...worker(input), repository: 'other' } }),
      /^spillway\.config\.ts has a mistake:\n {2}services\.other\.burst\.queue: 'orders' is the queue of services\.worker\.burst already, and each of the two would start tasks for all that waits there; only one service may burst for a queue$/,
    ],
    [
      'a wave that is left out',
      (input) => void Object.assign(worker(input), { rollout: { waves: ['fargate'] } }),
      /services\.worker\.rollout\.waves: leaves out 'external'/,
    ],
    [
      'a Spot share of more than all',
      (input) => void Object.assign(burst(input), { spotShare: 1.01 }),
      /services\.worker\.burst\.spotShare: .*1/,
    ],
    [
      'an on-demand base without a Spot share',
      (input) => void Object.assign(burst(input), { onDemandBase: 2, spotShare: 0.0049 }),
      /services\.worker\.burst\.onDemandBase: needs spotShare: without it every task runs on demand/,
    ],
    [
      'an on-demand base below the tasks at rest',
      (input) => {
        Object.assign(worker(input), { fargate: { baseTasks: 2, maxTasks: 5 } });
        Object.assign(burst(input), { onDemandBase: 1, spotShare: 0.005 });
      },
      /services\.worker\.burst\.onDemandBase: must be at least fargate\.baseTasks, 2, and less than fargate\.maxTasks, 5, or no task could run on Spot/,
    ],
    [
      'an on-demand base of all tasks',
      (input) => {
        Object.assign(worker(input), { fargate: { baseTasks: 2, maxTasks: 5 } });
        Object.assign(burst(input), { onDemandBase: 5, spotShare: 1 });
      },
      /services\.worker\.burst\.onDemandBase: must be at least fargate\.baseTasks, 2, and less than fargate\.maxTasks, 5/,
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
      "addresses of the sites for a queue that is not the premises' own",
      (input) => void Object.assign(input.queues.orders ?? {}, { siteAddresses: ['203.0.113.0/24'] }),
      /queues\.orders\.siteAddresses: needs a service that names the queue in receivesFromOnPremises/,
    ],
    [
      'an address of a site that is no network',
      (input) => void Object.assign(input.queues.orders ?? {}, { siteAddresses: ['203.0.113.7'] }),
      /queues\.orders\.siteAddresses\.0: a network in CIDR notation, '203\.0\.113\.0\/24'/,
    ],
    [
      'no address of a site at all',
      (input) => void Object.assign(input.queues.orders ?? {}, { siteAddresses: [] }),
      /queues\.orders\.siteAddresses: /,
    ],
    [
      'a secret with the name of a variable',
      (input) => void Object.assign(worker(input), { environment: { KEY: 'a' }, secrets: { KEY: 'shop/key' } }),
      /services\.worker\.secrets\.KEY: is in environment too/,
    ],
    [
      'a table that DynamoDB could not make',
      (input) => void Object.assign(input, { tables: ['ab'] }),
      /tables\.0: at least 3 characters, as DynamoDB asks for/,
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
    [
      'an ECS service to adopt in a cluster that is yet to be made',
      (input) =>
        void Object.assign(worker(input), { fargate: { ...worker(input).fargate, adopted: { service: 'old' } } }),
      /mistake:\n {2}services\.worker\.fargate\.adopted: an ECS service that exists is in a cluster that exists: name it as existing\.clusterName$/,
    ],
    [
      'an ECS service by its ARN, and a role by its name',
      (input) =>
        adopt(input, 'external', { service: 'arn:aws:ecs:eu-west-1:123456789012:service/a/b', taskRoleArn: 'works' }),
      /external\.adopted\.service: the ECS service's name: at most 255 .*\n.*external\.adopted\.taskRoleArn: the ARN of a role: 'arn:aws:iam::<account>:role\/<name>'$/,
    ],
    [
      'an ECS service that is a twin already',
      (input) => adopt(input, 'external', { service: 'worker-fargate' }),
      /mistake:\n {2}services\.worker\.fargate: 'worker-fargate' is a twin of worker already$/,
    ],
    [
      'an ECS service that two services adopt',
      (input) => {
        adopt(input, 'fargate', { service: 'old' });
        const idle = { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1, adopted: { service: 'old' } } };
        Object.assign(input.services, { idle });
      },
      /mistake:\n {2}services\.idle\.fargate\.adopted\.service: 'old' is a twin of worker already$/,
    ],
    [
      'paths to an ECS service that was adopted',
      (input) => {
        adopt(input, 'fargate', { service: 'old' });
        Object.assign(worker(input), { paths: ['/a'] });
      },
      /mistake:\n {2}services\.worker\.paths: an adopted ECS service keeps the load balancer that it has; leave the paths out$/,
    ],
    [
      'a queue that only an adopted twin could receive from',
      (input) => {
        adopt(input, 'external', { service: 'old' });
        Object.assign(input.queues, { bound: {} });
        Object.assign(worker(input), { receivesFromOnPremises: ['bound'] });
      },
      /mistake:\n {2}services\.worker\.receivesFromOnPremises: needs an external twin that the stacks make: only the role that they give it may receive from these queues$/,
    ],
    [
      'a repository with its tag',
      (input) => void Object.assign(worker(input), { repository: 'team/worker:v1' }),
      /mistake:\n {2}services\.worker\.repository: the name of a repository, without registry and tag: at most 256 lower-case letters, digits and separators$/,
    ],
    [
      'a repository with its registry',
      (input) => void Object.assign(worker(input), { repository: 'https://host/worker' }),
      /services\.worker\.repository: the name of a repository/,
    ],
    [
      'one repository for two services',
      (input) => {
        const idle = { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1 }, repository: 'worker' };
        Object.assign(input.services, { idle });
      },
      /mistake:\n {2}services\.idle\.repository: 'worker' is the repository of worker already, and a push is to release one service$/,
    ],
    [
      'what no twin would get',
      (input) => {
        adopt(input, 'external', { service: 'old' });
        adopt(input, 'fargate', { service: 'older' });
        Object.assign(worker(input), {
          environment: { A: 'b' },
          secrets: { C: 'd' },
          sendsTo: ['orders'],
          tables: ['orders'],
        });
      },
      /mistakes:(\n {2}services\.worker\.(environment|secrets|sendsTo|tables): has no effect on ECS services that are adopted, which keep theirs; leave it out){4}$/,
    ],
  ])('names the field and what is accepted for %s', (_what, change, message) => {
    expect(mistake(change)).toMatch(message);
  });

  it('accepts the default percents from 2 external tasks on, and 1 with a maximum of 200 percent', () => {
    expect(mistake((input) => void Object.assign(worker(input), { external: { baseTasks: 2 } }))).toBe('accepted');
    const wide = { external: { baseTasks: 1, maximumPercent: 200 } };
    expect(mistake((input) => void Object.assign(worker(input), wide))).toBe('accepted');
  });

  it('accepts what one twin gets that the stacks make, and leaves the percents of an adopted one to ECS', () => {
    const accepted = mistake((input) => {
      adopt(input, 'external', { service: 'Old_worker', taskRoleArn: 'arn:aws-cn:iam::123456789012:role/path/works' });
      Object.assign(worker(input), { environment: { A: 'b' }, paths: ['/a'] });
      Object.assign(worker(input).external ?? {}, { baseTasks: 1 });
    });
    expect(accepted).toBe('accepted');
  });

  it('accepts a budget that pays for one task more, looks as far apart as the deadline, and bursts for two queues', () => {
    const dear = (budget: object, fargate: object = { baseTasks: 0, maxTasks: 8 }) =>
      mistake((input) => {
        Object.assign(worker(input), { cpuUnits: 16_384, memoryMiB: 32_768, fargate });
        Object.assign(burst(input), { budget });
      });
    expect(dear({ hourlyUsd: 0.11 })).toBe('accepted');
    expect(dear({ dailyUsd: 0.16 }, { baseTasks: 3, maxTasks: 8, maximumPercent: 150 })).toBe('accepted');
    // Whether ECS would run twice as many of an adopted service in a rollout is not known here.
    const adopted = mistake((input) => {
      adopt(input, 'fargate', { service: 'old' });
      Object.assign(worker(input), { cpuUnits: 16_384, memoryMiB: 32_768 });
      Object.assign(burst(input), { budget: { hourlyUsd: 0.06 } });
    });
    expect(adopted).toBe('accepted');
    expect(mistake((input) => void Object.assign(burst(input), { lookSeconds: 20 }))).toBe('accepted');
    const two = mistake((input) => {
      Object.assign(input.queues, { returns: {} });
      const { burst: settings, ...rest } = worker(input);
      const other = { ...rest, receivesFrom: ['orders', 'returns'], burst: { ...settings, queue: 'returns' } };
      Object.assign(input.services, { other });
    });
    expect(two).toBe('accepted');
  });

  it('accepts a day that may cost as much as an hour', () => {
    expect(mistake((input) => void Object.assign(burst(input), { budget: { hourlyUsd: 2, dailyUsd: 2 } }))).toBe(
      'accepted',
    );
  });

  it.each([2, 4])(
    'accepts an on-demand base of %d between the tasks at rest and the most, with a Spot share',
    (onDemandBase) => {
      const told = mistake((input) => {
        Object.assign(worker(input), { fargate: { baseTasks: 2, maxTasks: 5 } });
        Object.assign(burst(input), { onDemandBase, spotShare: 0.005 });
      });
      expect(told).toBe('accepted');
    },
  );

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
      Adopted,
      HealthCheck,
      ExternalCapacity,
      RolloutSettings,
      BurstSettings,
      QueueConfiguration,
      Installation,
    ].flatMap((schema) => Object.keys(schema.shape));
    expect(fields.filter((field) => !page.includes(`| \`${field}\` |`))).toEqual([]);
  });

  it('says all mistakes, a line each, and counts them', () => {
    expect(mistake((input) => void Object.assign(worker(input), { port: 0 }))).toBe(
      'spillway.config.ts has a mistake:\n  services.worker.port: Too small: expected number to be >=1',
    );
    expect(mistake((input) => void Object.assign(worker(input), { memory: 1, cpu: 2 }))).toContain(
      "services.worker: has no field 'memory', 'cpu'; accepted are cpuUnits, memoryMiB, port,",
    );
    const two = (input: ConfigurationInput) => void Object.assign(worker(input), { port: 0, stopTimeoutSeconds: 0 });
    expect(mistake(two)).toBe(
      'spillway.config.ts has mistakes:\n  services.worker.port: Too small: expected number to be >=1\n' +
        '  services.worker.stopTimeoutSeconds: Too small: expected number to be >=1',
    );
    expect(() => defineConfiguration([] as unknown as ConfigurationInput)).toThrow(/\(top\): /);
    expect(new InvalidConfiguration('x').name).toBe('InvalidConfiguration');
  });

  it('accepts a budget that pays for one task and not a bit more', () => {
    const size = { cpuUnits: 16_384, memoryMiB: 32_768 };
    const fargateHourlyUsd = taskHourUsd(size);
    const least = leastBudgetUsd({ fargateBase: 0, fargateMaximumPercent: 200, fargateHourlyUsd }, commitSeconds(10));
    const given = (hourlyUsd: number) =>
      mistake((input) => {
        Object.assign(worker(input), size);
        Object.assign(burst(input), { budget: { hourlyUsd } });
      });
    expect(given(least)).toBe('accepted');
    expect(given(least - 1e-6)).toContain('could never pay for a task');
  });

  it.each<[number, number, number[]]>([
    [256, 512, [1_024, 2_048]],
    [512, 1_024, [2_048, 3_072, 4_096]],
    [1_024, 2_048, [3_072, 8_192]],
    [2_048, 4_096, [16_384]],
    [4_096, 8_192, [30_720]],
    [8_192, 16_384, [20_480, 61_440]],
    [16_384, 32_768, [40_960, 122_880]],
  ])('accepts with %i CPU units the memory that Fargate combines, from %i MiB on', (cpuUnits, least, more) => {
    const given = (memoryMiB: number) => mistake((input) => void Object.assign(worker(input), { cpuUnits, memoryMiB }));
    for (const memoryMiB of [least, ...more]) expect(given(memoryMiB)).toBe('accepted');
    expect(given(least - 1)).toContain(`services.worker.memoryMiB: Fargate accepts ${least}, `);
    expect(given((more.at(-1) ?? 0) + 1_024)).toContain(`with ${cpuUnits} CPU units`);
  });

  it('asks nothing of Fargate where the service does not run there, and needs no premises where it has none', () => {
    const without = (twin: 'external' | 'fargate', more: object = {}) =>
      mistake((input) => {
        Object.assign(worker(input), { burst: undefined, ...more });
        delete worker(input)[twin];
      });
    expect(without('fargate', { cpuUnits: 300, memoryMiB: 700 })).toBe('accepted');
    expect(without('external', { paths: ['/a', '/b'] })).toBe('accepted');
    expect(without('external', { receivesFrom: [], receivesFromOnPremises: ['orders'] })).toBe(
      'spillway.config.ts has a mistake:\n  services.worker.receivesFromOnPremises: needs external: only tasks on premises may receive from these queues',
    );
    expect(without('fargate', { receivesFrom: [], receivesFromOnPremises: ['orders'] })).toBe('accepted');
    expect(without('fargate')).toBe('accepted');
  });

  it('names a wave that is given twice, and no other', () => {
    const waves = ['fargate', 'external', 'fargate'];
    expect(mistake((input) => void Object.assign(worker(input), { rollout: { waves } }))).toBe(
      "spillway.config.ts has a mistake:\n  services.worker.rollout.waves.2: 'fargate' is a wave already",
    );
  });

  it('asks of an existing VPC the same number of subnets as it has zones, and nothing else where they are there', () => {
    const existing = (publicSubnetIds: string[], privateSubnetIds: string[], availabilityZones = ['a', 'b']) =>
      mistake(
        (input) =>
          void Object.assign(input, {
            existing: { vpcId: 'vpc-0abc', availabilityZones, publicSubnetIds, privateSubnetIds },
          }),
      );
    expect(existing(['subnet-01', 'subnet-02'], ['subnet-03', 'subnet-04'])).toBe('accepted');
    expect(existing(['subnet-01'], ['subnet-03', 'subnet-04'])).toContain('existing.publicSubnetIds: has 1 subnets');
    expect(existing(['subnet-01'], ['subnet-03'], [])).toBe(
      'spillway.config.ts has a mistake:\n  existing.availabilityZones: is needed when existing.vpcId is given',
    );
    expect(mistake((input) => void Object.assign(input, { existing: { clusterName: 'old' } }))).toBe('accepted');
  });

  it('lists what there is where something is named that there is not', () => {
    const more = (input: ConfigurationInput): void => {
      Object.assign(input.queues, { returns: {} });
      Object.assign(input, { tables: ['orders', 'carts'] });
    };
    const change = (fields: object) =>
      mistake((input) => {
        more(input);
        Object.assign(worker(input), fields);
      });
    expect(change({ sendsTo: ['orders', 'nowhere'] })).toContain(
      "services.worker.sendsTo.1: 'nowhere' is not one of the queues: orders, returns",
    );
    expect(change({ tables: ['orders', 'nothing'] })).toBe(
      "spillway.config.ts has a mistake:\n  services.worker.tables.1: 'nothing' is not one of the tables: orders, carts",
    );
    expect(change({ tables: ['carts'], sendsTo: ['returns'], receivesFrom: ['orders', 'returns'] })).toBe('accepted');
    expect(change({ receivesFrom: ['returns', 'returns'] })).toContain('must be one of receivesFrom: returns, returns');
  });

  it('accepts two services on paths of their own, and secrets beside variables of other names', () => {
    const web = { cpuUnits: 256, memoryMiB: 512, fargate: { baseTasks: 1 } };
    expect(
      mistake((input) => {
        Object.assign(input.services, { one: { ...web, paths: ['/one'] }, two: { ...web, paths: ['/two'] } });
        Object.assign(worker(input), { environment: { MODE: 'a' }, secrets: { KEY: 'shop/key' } });
      }),
    ).toBe('accepted');
  });

  it('accepts a cap at the base, and one budget without the other', () => {
    const set = (fields: object, budget: object) =>
      mistake((input) => {
        Object.assign(worker(input), fields);
        Object.assign(burst(input), { budget });
      });
    expect(set({ external: { baseTasks: 3, maxTasks: 3 } }, { hourlyUsd: 2 })).toBe('accepted');
    expect(set({}, { dailyUsd: 0.01 })).toBe('accepted');
  });

  it('takes prices of Fargate from a tenth of a cent an hour to ten dollars, each by itself, and us-east-1 has the default', () => {
    const set = (prices: object) => mistake((input) => void Object.assign(burst(input), { prices }));
    for (const prices of [{}, { vcpuHourUsd: 0.001 }, { gibHourUsd: 0.0001 }, { vcpuHourUsd: 10, gibHourUsd: 1 }])
      expect(set(prices)).toBe('accepted');
    expect(set({ vcpuHourUsd: 0.0009 })).toMatch(/services\.worker\.burst\.prices\.vcpuHourUsd: .*0\.001/);
    expect(set({ vcpuHourUsd: 10.1 })).toMatch(/services\.worker\.burst\.prices\.vcpuHourUsd: .*10/);
    expect(set({ gibHourUsd: 0.00009 })).toMatch(/services\.worker\.burst\.prices\.gibHourUsd: .*0\.0001/);
    expect(set({ gibHourUsd: 1.1 })).toMatch(/services\.worker\.burst\.prices\.gibHourUsd: .*1/);
    expect(set({ vcpuHour: 1 })).toMatch(/services\.worker\.burst\.prices/);
    expect(PriceSettings.parse({})).toEqual({ vcpuHourUsd: 0.04048, gibHourUsd: 0.004445 });
  });
});

describe('a deployment', () => {
  const half = { minimumHealthyPercent: 50, maximumPercent: 150 };

  it('is stuck where nothing may stop and nothing may start: the minimum is rounded up, the maximum down', () => {
    expect([0, 1, 2, 3].map((count) => isStuck(count, half))).toEqual([false, true, false, false]);
    expect(isStuck(1, { ...half, maximumPercent: 200 })).toBe(false);
    expect(isStuck(1, { ...half, minimumHealthyPercent: 0 })).toBe(false);
    expect(isStuck(5, { minimumHealthyPercent: 100, maximumPercent: 100 })).toBe(true);
    expect(isStuck(5, { minimumHealthyPercent: 80, maximumPercent: 100 })).toBe(false);
  });
});

describe('names and numbers of a service', () => {
  const configured = (change: (input: ConfigurationInput) => void = () => undefined) => {
    const input = valid();
    change(input);
    return defineConfiguration(input);
  };
  const service = (change?: (input: ConfigurationInput) => void) =>
    configured(change).services.worker as ServiceConfiguration;

  it('has twins where it runs, in the order of its waves', () => {
    expect(twinNames('worker', service())).toEqual(['worker-fargate', 'worker-external']);
    const one = service((input) => void Object.assign(worker(input), { external: undefined, burst: undefined }));
    expect(twinNames('worker', one)).toEqual(['worker-fargate']);
    const site = service((input) => void Object.assign(worker(input), { rollout: { waves: ['external', 'fargate'] } }));
    expect(twinNames('worker', site)).toEqual(['worker-external', 'worker-fargate']);
  });

  it('is found again by its twin, and only by the end of its name', () => {
    expect(serviceOfTwin('worker-external', {})).toBe('worker');
    expect(serviceOfTwin('my-external-api-fargate', {})).toBe('my-external-api');
    expect(serviceOfTwin('worker', {})).toBe('worker');
  });

  it('has its images in the repository that is named, of 2 to 256 characters, or in one of its own name', () => {
    const of = (repository: string) => mistake((input) => void Object.assign(worker(input), { repository }));
    expect([of('ab'), of('a'.repeat(256))]).toEqual(['accepted', 'accepted']);
    for (const wrong of ['a', 'a'.repeat(257), '-ab', 'ab/', 'Team/ab'])
      expect(of(wrong)).toContain('without registry');
    expect(repositoryOf('worker', service())).toBe('worker');
    const one = configured((input) => void Object.assign(worker(input), { repository: 'team/worker' }));
    expect(repositoryOf('worker', one.services.worker as ServiceConfiguration)).toBe('team/worker');
    expect(namedRepositories(one.services)).toEqual({ 'team/worker': 'worker' });
    expect(namedRepositories(configured().services)).toEqual({});
    const same = configured((input) => void Object.assign(worker(input), { repository: 'worker' }));
    expect(namedRepositories(same.services)).toEqual({});
  });

  it('has an adopted twin by the name that it has, with a family for its releases that is nobody else’s', () => {
    const one = configured((input) => adopt(input, 'external', { service: 'Old-fargate' }));
    const settings = one.services.worker as ServiceConfiguration;
    expect(twinNames('worker', settings)).toEqual(['worker-fargate', 'Old-fargate']);
    expect(madeCapacitiesOf(settings)).toEqual(['fargate']);
    expect(plannedTwins('worker', settings)).toEqual([
      { twin: 'worker-fargate', capacity: 'fargate', baseTasks: 0 },
      { twin: 'Old-fargate', capacity: 'external', baseTasks: 3, family: 'spillway-worker-external' },
    ]);
    expect(adoptedTwins(one.services)).toEqual({ 'Old-fargate': 'worker' });
    expect(serviceOfTwin('Old-fargate', adoptedTwins(one.services))).toBe('worker');
    expect(adoptedTwins(configured().services)).toEqual({});
  });

  it('is installed into the named cluster, or into one of its own', () => {
    expect(clusterNameOf(configured())).toBe('spillway');
    expect(clusterNameOf(configured((input) => void Object.assign(input, { existing: { clusterName: 'old' } })))).toBe(
      'old',
    );
    expect(deadLetterQueueName('orders')).toBe('orders-dlq');
  });

  it('raises the alarm on age at a quarter of the deadline, a second at least', () => {
    const at = (deadlineSeconds: number) =>
      burstAlarmSeconds(service((input) => void Object.assign(burst(input), { deadlineSeconds })));
    expect([at(120), at(43), at(10)]).toEqual([30, 10, 2]);
    const none = service((input) => void Object.assign(worker(input), { burst: undefined }));
    expect(burstAlarmSeconds(none)).toBe(1);
    expect(outlastsStop(none)).toBe(false);
  });

  it('raises the alarm on messages as configured, and at one at least', () => {
    const at = (more: object) => burstAlarmMessages(service((input) => void Object.assign(burst(input), more)));
    expect(at({ alarmMessages: 7 })).toBe(7);
    expect(at({ workSecondsPerMessage: 3_600 })).toBe(1);
    const none = service((input) => void Object.assign(worker(input), { burst: undefined }));
    expect(() => burstAlarmMessages(none)).toThrow('burstAlarmMessages needs a service with burst and external');
    const { external: _external, ...cloud } = service();
    expect(() => burstAlarmMessages(cloud)).toThrow(InvalidConfiguration);
  });
});

describe('a name', () => {
  it.each(['ab', `a${'1'.repeat(60)}`])('may be %s', (name) => {
    expect(serviceName.safeParse(name).success).toBe(true);
  });
});
