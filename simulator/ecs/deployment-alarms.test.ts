import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import type { Fidelity } from '../cloud/fidelity.ts';
import { type EcsWorld, ecsWorld, externalDefinition, healthCheck } from './ecs-world.ts';

const worker = { cluster: 'spillway', service: 'worker' };

/** A service of one task on one machine, at rest at 60 s on v1, watched by the alarms `a` and `b`. */
const watched = async (
  options: {
    readonly rollback?: boolean;
    readonly breaker?: object;
    readonly bakeTimeInMinutes?: number;
    readonly fidelity?: Partial<Fidelity['ecs']>;
  } = {},
) => {
  const alarming = new Set<string>();
  let answers = true;
  const world = await ecsWorld({
    fidelity: options.fidelity,
    answer: ({ action, input }) => {
      if (action !== 'DescribeAlarms') return undefined;
      if (!answers) throw new AwsError('ThrottlingException', 'Rate exceeded');
      const { AlarmNames = [], StateValue } = input as { AlarmNames?: string[]; StateValue?: string };
      expect(StateValue).toBe('ALARM');
      return {
        MetricAlarms: AlarmNames.filter((name) => alarming.has(name)).map((AlarmName) => ({ AlarmName })),
        CompositeAlarms: [],
      };
    },
  });
  world.ecs.registerExternalInstance({
    cluster: 'spillway',
    managedInstanceId: 'mi-1',
    cpuUnits: 4096,
    memoryMiB: 4096,
  });
  await world.call('RegisterTaskDefinition', externalDefinition('worker', world.push('w', 'v1'), { healthCheck }));
  await world.call('CreateService', {
    cluster: 'spillway',
    serviceName: 'worker',
    taskDefinition: 'worker',
    launchType: 'EXTERNAL',
    desiredCount: 1,
    deploymentConfiguration: {
      alarms: { alarmNames: ['a', 'b'], enable: true, rollback: options.rollback ?? true },
      ...(options.breaker && { deploymentCircuitBreaker: options.breaker }),
      bakeTimeInMinutes: options.bakeTimeInMinutes,
    },
  });
  await world.until(1_000);
  return {
    world,
    alarming,
    silence: () => {
      answers = false;
    },
  };
};

const release = async (world: EcsWorld): Promise<void> => {
  await world.call('RegisterTaskDefinition', externalDefinition('worker', world.push('w', 'v2'), { healthCheck }));
  await world.call('UpdateService', { ...worker, taskDefinition: 'worker' });
};

const newest = async (world: EcsWorld): Promise<ServiceDeployment> => {
  const { serviceDeployments } = await world.call<{ serviceDeployments: { serviceDeploymentArn: string }[] }>(
    'ListServiceDeployments',
    worker,
  );
  const described = await world.call<{ serviceDeployments: ServiceDeployment[] }>('DescribeServiceDeployments', {
    serviceDeploymentArns: [serviceDeployments[0]?.serviceDeploymentArn],
  });
  return described.serviceDeployments[0] as ServiceDeployment;
};

describe('deployment alarms (deployment-alarm-failure)', () => {
  it('fail the deployment when one goes to ALARM, and roll back to the last completed one', async () => {
    const { world, alarming } = await watched();
    await release(world);
    await world.until(1_030);
    expect((await world.primary('worker')).rolloutState).toBe('IN_PROGRESS');
    alarming.add('b');
    // Asked at the start and every 20 s: at 1040 s the alarm is seen.
    await world.until(1_041);
    expect(await newest(world)).toMatchObject({
      status: 'ROLLBACK_REQUESTED',
      alarms: { status: 'TRIGGERED', alarmNames: ['a', 'b'], triggeredAlarmNames: ['b'] },
      deploymentCircuitBreaker: { status: 'DISABLED' },
    });
    await world.until(1_043);
    expect((await newest(world)).status).toBe('ROLLBACK_IN_PROGRESS');
    expect((await world.service('worker')).events?.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/deployment failed: alarm detected\.$/),
    );
    expect((await world.primary('worker')).taskDefinition).toMatch(/:1$/);
    await world.until(1_400);
    expect((await newest(world)).status).toBe('ROLLBACK_SUCCESSFUL');
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });

  it('stop the deployment where they have no rollback: STOP_REQUESTED, then STOPPED, and nothing is launched', async () => {
    const { world, alarming } = await watched({
      rollback: false,
      // The breaker's rollback is the breaker's: "rollback only if that method has it".
      breaker: { enable: true, rollback: true },
    });
    await release(world);
    await world.until(1_030);
    alarming.add('a');
    await world.until(1_041);
    expect(await newest(world)).toMatchObject({ status: 'STOP_REQUESTED' });
    await world.until(1_043);
    const stopped = await newest(world);
    expect(stopped).toMatchObject({ status: 'STOPPED', deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' } });
    expect(stopped.stoppedAt).toEqual(stopped.finishedAt);
    expect(await world.primary('worker')).toMatchObject({ rolloutState: 'FAILED' });
  });

  it('ignore for the whole deployment one that is in ALARM when it starts', async () => {
    const { world, alarming } = await watched();
    alarming.add('a');
    await release(world);
    await world.until(1_025);
    alarming.delete('a');
    await world.until(1_045);
    alarming.add('a');
    await world.until(1_500);
    expect(await world.primary('worker')).toMatchObject({ rolloutState: 'COMPLETED' });
    expect((await newest(world)).alarms).toMatchObject({ status: 'MONITORING_COMPLETE', triggeredAlarmNames: [] });
  });

  it('watch for a bake time after the last old task is gone: less than five minutes where none is given', async () => {
    const { world } = await watched();
    await release(world);
    await world.until(1_040);
    // New tasks healthy and old ones gone; only the bake is left.
    expect((await world.service('worker')).deployments).toHaveLength(1);
    await world.until(1_180);
    expect((await world.primary('worker')).rolloutState).toBe('IN_PROGRESS');
    await world.until(1_200);
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });

  it('catch a failure in the last minute of a given bake time, and none after it', async () => {
    for (const [at, state] of [
      [1_590, 'FAILED'],
      [1_640, 'COMPLETED'],
    ] as const) {
      const { world, alarming } = await watched({ bakeTimeInMinutes: 10, rollback: false });
      await release(world);
      await world.until(at);
      alarming.add('a');
      await world.until(1_700);
      expect((await world.primary('worker')).rolloutState).toBe(state);
    }
  });

  it('miss an alarm while CloudWatch throttles DescribeAlarms', async () => {
    const { world, alarming, silence } = await watched();
    await release(world);
    await world.until(1_030);
    silence();
    alarming.add('a');
    await world.until(1_500);
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });

  it('watch no service of launch type EXTERNAL where alarmsOnExternal is false', async () => {
    const { world, alarming } = await watched({ fidelity: { alarmsOnExternal: false } });
    await release(world);
    await world.until(1_005);
    alarming.add('a');
    await world.until(1_060);
    expect((await world.primary('worker')).rolloutState).toBe('COMPLETED');
  });

  it('need a name when they are enabled', async () => {
    const { world } = await watched();
    const deploymentConfiguration = { alarms: { alarmNames: [], enable: true, rollback: true } };
    expect(await world.refusal('UpdateService', { ...worker, deploymentConfiguration })).toMatch(
      /^InvalidParameterException/,
    );
  });
});

describe('the states of a service deployment (service-deployment)', () => {
  it('are PENDING, IN_PROGRESS and SUCCESSFUL', async () => {
    const { world } = await watched({ fidelity: { alarmsOnExternal: false } });
    await release(world);
    expect(await newest(world)).toMatchObject({ status: 'PENDING' });
    await world.until(1_003);
    expect(await newest(world)).toMatchObject({ status: 'IN_PROGRESS', startedAt: new Date(1_002_000) });
    await world.until(1_060);
    expect(await newest(world)).toMatchObject({ status: 'SUCCESSFUL' });
  });

  it('are STOP_REQUESTED, then STOPPED, for the one that a newer one replaces', async () => {
    const { world } = await watched({ fidelity: { alarmsOnExternal: false } });
    await release(world);
    await world.until(1_005);
    const { serviceDeploymentArn } = await newest(world);
    await world.call('UpdateService', { ...worker, forceNewDeployment: true });
    const first = async () =>
      (
        await world.call<{ serviceDeployments: ServiceDeployment[] }>('DescribeServiceDeployments', {
          serviceDeploymentArns: [serviceDeploymentArn],
        })
      ).serviceDeployments[0];
    expect(await first()).toMatchObject({ status: 'STOP_REQUESTED' });
    await world.until(1_008);
    expect(await first()).toMatchObject({ status: 'STOPPED', stoppedAt: new Date(1_007_000) });
  });

  it('end with STOPPED for one whose rollback a newer deployment replaces, and the newer one is the current one', async () => {
    const { world, alarming } = await watched();
    await release(world);
    await world.until(1_030);
    alarming.add('a');
    await world.until(1_045);
    const { serviceDeploymentArn, status } = await newest(world);
    expect(status).toBe('ROLLBACK_IN_PROGRESS');
    await world.call('UpdateService', { ...worker, taskDefinition: 'worker:2' });
    await world.until(1_050);
    const answer = await world.call<{ serviceDeployments: ServiceDeployment[] }>('DescribeServiceDeployments', {
      serviceDeploymentArns: [serviceDeploymentArn],
    });
    expect(answer.serviceDeployments[0]?.status).toBe('STOPPED');
    expect((await world.service('worker')).currentServiceDeployment).toBe((await newest(world)).serviceDeploymentArn);
  });
});

describe('the threshold of the circuit breaker (BC:ecs.ThresholdConfiguration)', () => {
  it.each([
    [{ type: 'COUNT', value: 0 }, false],
    [{ type: 'COUNT', value: 500 }, true],
    [{ type: 'BOUNDED_PERCENT', value: 100 }, true],
    [{ type: 'UNBOUNDED_PERCENT', value: 101 }, false],
    [{ type: 'SHARE', value: 50 }, false],
  ])('%j is accepted: %s', async (thresholdConfiguration, accepted) => {
    const { world } = await watched();
    const deploymentConfiguration = {
      deploymentCircuitBreaker: { enable: true, rollback: false, thresholdConfiguration },
    };
    const refusal = await world.refusal('UpdateService', { ...worker, deploymentConfiguration });
    expect(refusal.startsWith('InvalidParameterException')).toBe(!accepted);
  });
});
