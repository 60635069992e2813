import type { Drill } from './drill.ts';
import { guide, reference } from './sources.ts';
import { cluster } from './stage.ts';

const shape = { launchType: 'FARGATE' } as const;

export const spotInterruption: Drill = {
  title:
    'Three tasks on Fargate, one On-Demand as a base and two on Spot, which take 20 s to stop; AWS takes Spot back.',
  play: async (stage) => {
    await stage.call('ecs', 'PutClusterCapacityProviders', {
      cluster,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
    await stage.register(stage.push('v1', { stopsAfterSeconds: 20 }), shape);
    await stage.create('FARGATE', {
      desiredCount: 3,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 1, weight: 0 },
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ],
    });
    await stage.settle(300);
    stage.start();
    await stage.act('AWS needs the capacity of Spot', () => stage.interruptSpot());
    await stage.until(90);
  },
  expectations: [
    {
      at: 0,
      line: /^task .* app:1 RUNNING, to be STOPPED/,
      times: 2,
      rule: 'Both Spot tasks are warned by an event, and SIGTERM, at once: the base runs On-Demand.',
      source: guide('fargate-capacity-providers'),
    },
    {
      neverFrom: 1,
      to: 19,
      line: /^task .* app:1 (DEPROVISIONING|STOPPED)/,
      rule: 'They have their stop timeout to end, at most two minutes.',
      source: guide('fargate-capacity-providers'),
    },
    {
      at: 20,
      line: /^task .* app:1 DEPROVISIONING/,
      times: 2,
      rule: 'They end after 20 s.',
      source: reference('ContainerDefinition'),
    },
    {
      at: 2,
      line: /^task .* app:1 PROVISIONING/,
      times: 2,
      rule: 'The scheduler starts their replacements without waiting for the end: floor(3 × 200 %) = 6 may run.',
      source: guide('fargate-capacity-providers'),
    },
    {
      at: 30,
      line: /^task .* app:1 STOPPED, SpotInterruption: Your Spot Task was interrupted\./,
      times: 2,
      rule: 'Their stop code says why, after 10 s of DEPROVISIONING.',
      source: reference('TaskStopCode'),
    },
    {
      at: 64,
      line: /^service: CAPACITY_PROVIDER_STEADY_STATE/,
      rule: 'The service is steady again when the replacements are healthy, 22 s + 40 s, and seen 2 s later.',
      source: guide('ecs_service_events'),
    },
    {
      neverFrom: 0,
      to: 90,
      line: /\d failed|SERVICE_DEPLOYMENT_|SERVICE_TASK_START_IMPAIRED/,
      rule: 'It is no failure and no deployment.',
      source: guide('deployment-circuit-breaker'),
    },
  ],
};
