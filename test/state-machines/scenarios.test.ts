import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApprovalGate, ScanGate, type ServiceConfiguration } from '../../functions/core/configuration.ts';
import { looksPerExecution } from '../../functions/core/decide-burst.ts';
import { prepareWorlds, VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import { sampleMachines } from '../../local/world/machines.ts';
import { findingsLabel, scanLabel } from '../../simulator/ecr/scanner.ts';
import configuration from '../../spillway.config.ts';
import { machines } from './definition.ts';
import { enteredState, play } from './faulty-world.ts';

const service = 'order-processor';
const minute = 60_000;
const entered = new Set<string>();
let material: WorldMaterial;

/** A world with a way to start the state machines by hand and to read how they ended. */
class Scene {
  readonly world: VirtualWorld;

  private constructor(world: VirtualWorld) {
    this.world = world;
  }

  /** @param verdicts filled with the end of each rollout, as it is told. */
  static async open(of: WorldMaterial = material, verdicts: string[] = []): Promise<Scene> {
    const onTrace: NonNullable<Parameters<typeof VirtualWorld.boot>[1]['onTrace']> = (entry) => {
      const state = enteredState(entry);
      if (state) entered.add(state);
    };
    const onEvent: NonNullable<Parameters<typeof VirtualWorld.boot>[1]['onEvent']> = ({
      'detail-type': type,
      detail,
    }) => {
      if (type === 'Spillway Rollout State Change' && detail.state === 'ENDED')
        verdicts.push(`${String(detail.verdict)}/${String(detail.cause)}`);
    };
    return new Scene(await VirtualWorld.boot(of, { seed: 1, onTrace, onEvent }));
  }

  call<Answer>(action: string, input: object, api: 'states' | 'ecs' | 'events' = 'states'): Promise<Answer> {
    return this.world.settle(this.world.cloud.call(api, action, input) as Promise<Answer>, minute);
  }

  async begin(machine: string, input: object): Promise<string> {
    const stateMachineArn = `arn:aws:states:us-east-1:123456789012:stateMachine:spillway-${machine}`;
    const { executionArn } = await this.call<{ executionArn: string }>('StartExecution', {
      stateMachineArn,
      input: JSON.stringify(input),
    });
    return executionArn;
  }

  /** `verdict/cause` of an execution that succeeded, its error name otherwise. */
  async end(executionArn: string): Promise<string> {
    interface Described {
      readonly status: string;
      readonly error?: string;
      readonly output?: string;
    }
    let described: Described = { status: 'RUNNING' };
    const ended = await this.world.watch(async () => {
      described = (await this.world.cloud.call('states', 'DescribeExecution', { executionArn })) as Described;
      return described.status !== 'RUNNING';
    }, 180 * minute);
    if (!ended) throw new Error(`${executionArn} does not end`);
    if (described.error) return described.error;
    const output = JSON.parse(described.output ?? '{}') as { verdict?: string; cause?: string };
    return `${output.verdict ?? described.status}/${output.cause ?? ''}`;
  }

  run = async (machine: string, input: object): Promise<string> => this.end(await this.begin(machine, input));

  /** Pushes an image and starts its rollout by hand too: the two starts join, whichever comes first. */
  async release(version: string): Promise<string> {
    this.world.push(service, version);
    return this.run('rollout', { service, image: version });
  }

  running(machine: string): Promise<{ executions: { executionArn: string; name: string }[] }> {
    const stateMachineArn = `arn:aws:states:us-east-1:123456789012:stateMachine:spillway-${machine}`;
    return this.call('ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' });
  }
}

beforeAll(async () => {
  material = await prepareWorlds(configuration);
}, 60_000);

describe('a rollout by hand', { timeout: 60_000 }, () => {
  it('says what was wrong with its input', async () => {
    const { run } = await Scene.open();
    expect(await run('rollout', { service, imge: 'v1' })).toBe('RolloutRefused.invalid-input');
    expect(await run('rollout', { service: 'nobody', image: 'v1' })).toBe('RolloutRefused.unknown-service');
    expect(await run('rollout', { service, image: 'v1' })).toBe('RolloutRefused.image-missing');
    expect(await run('rollout', { service, image: 'web-ui:v1' })).toBe('RolloutRefused.invalid-input');
  });

  it('joins the rollout of a push, and is already current afterwards', async () => {
    const scene = await Scene.open();
    expect(await scene.release('v1')).toBe('completed/proved-by-probe');
    await scene.world.pass(5 * minute);
    expect(await scene.run('rollout', { service, image: 'v1' })).toBe('completed/already-current');
  });

  it('takes over from the one before it at a safe point, and makes room for one that comes after', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const executions: string[] = [];
    for (const version of ['v2', 'v3', 'v4']) {
      scene.world.push(service, version);
      executions.push(await scene.begin('rollout', { service, image: version }));
      await scene.world.pass(3_000);
    }
    const ends: string[] = [];
    for (const execution of executions) ends.push(await scene.end(execution));
    expect(ends).toEqual([
      'RolloutSuperseded.at-safe-point',
      'RolloutSuperseded.at-safe-point',
      'completed/proved-by-probe',
    ]);
    expect(await scene.world.imageOf(`${service}-external`)).toBe(await scene.world.imageOf(`${service}-fargate`));
  });

  it('takes over from one that bakes, which proved nothing then', async () => {
    const scene = await Scene.open();
    const ends: string[] = [];
    scene.world.push('orders-api', 'v1');
    expect(await scene.run('rollout', { service: 'orders-api', image: 'v1' })).toBe('completed/one-capacity');
    scene.world.push('orders-api', 'v2');
    const older = await scene.begin('rollout', { service: 'orders-api', image: 'v2' });
    entered.delete('rollout: Let it bake');
    await scene.world.until(() => entered.has('rollout: Let it bake'), 5 * minute);
    scene.world.push('orders-api', 'v3');
    const newer = await scene.begin('rollout', { service: 'orders-api', image: 'v3' });
    for (const execution of [older, newer]) ends.push(await scene.end(execution));
    expect(ends).toEqual(['RolloutSuperseded.at-safe-point', 'completed/one-capacity']);
  });

  it('lets one bake on whose push is heard of twice', async () => {
    const scene = await Scene.open();
    scene.world.push('orders-api', 'v1');
    expect(await scene.run('rollout', { service: 'orders-api', image: 'v1' })).toBe('completed/one-capacity');
    scene.world.push('orders-api', 'v2');
    const first = await scene.begin('rollout', { service: 'orders-api', image: 'v2' });
    entered.delete('rollout: Let it bake');
    await scene.world.until(() => entered.has('rollout: Let it bake'), 5 * minute);
    const again = await scene.begin('rollout', { service: 'orders-api', image: 'v2' });
    const ends: string[] = [];
    for (const execution of [first, again]) ends.push(await scene.end(execution));
    expect(ends).toEqual(['completed/one-capacity', 'completed/one-capacity']);
  });

  it('takes over from one that was stopped, and brings both twins to one release', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    scene.world.push(service, 'v2');
    const execution = await scene.begin('rollout', { service, image: 'v2' });
    await scene.world.pass(12_000);
    await scene.call('StopExecution', { executionArn: execution });
    expect(await scene.release('v3')).toBe('completed/proved-by-probe');
    expect(await scene.world.imageOf(`${service}-external`)).toBe(await scene.world.imageOf(`${service}-fargate`));
  });

  it('that was stopped is taken back by the guardian, and has its own verdict', async () => {
    const verdicts: string[] = [];
    const scene = await Scene.open(material, verdicts);
    await scene.release('v1');
    const twins = [`${service}-external`, `${service}-fargate`];
    const images = () => scene.world.settle(Promise.all(twins.map((twin) => scene.world.imageOf(twin))), minute);
    const before = await images();
    scene.world.push(service, 'v2');
    const execution = await scene.begin('rollout', { service, image: 'v2' });
    await scene.world.watch(
      async () => (await scene.world.twin(`${service}-external`)).taskDefinition.endsWith(':2'),
      minute,
    );
    for (const { executionArn } of (await scene.running('rollout')).executions) {
      await scene.call('StopExecution', { executionArn });
    }
    expect(await scene.end(execution)).toBe('ABORTED/');
    await scene.world.until(() => verdicts.length === 2, 10 * minute);
    expect(verdicts[1]).toBe('stopped-by-hand/taken-back');
    expect(await images()).toEqual(before);
    // Nothing is left to be taken back.
    expect(await scene.run('rollout', { service, takeBack: true })).toBe('completed/already-current');
  });

  it('that is stopped before it changed anything says so', async () => {
    const verdicts: string[] = [];
    const scene = await Scene.open(material, verdicts);
    await scene.release('v1');
    scene.world.push(service, 'v2');
    entered.delete('rollout: Tell that it started');
    await scene.world.until(() => entered.has('rollout: Tell that it started'), minute);
    const [running] = (await scene.running('rollout')).executions;
    await scene.call('StopExecution', { executionArn: running?.executionArn });
    await scene.world.until(() => verdicts.length === 2, 10 * minute);
    expect(verdicts[1]).toBe('stopped-by-hand/before-any-change');
  });

  it('leaves a twin alone that somebody else moves meanwhile, and takes the other one back', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const twin = (capacity: string): string => `${service}-${capacity}`;
    const before = await scene.world.twin(twin('fargate'));
    scene.world.push(service, 'v2');
    const execution = await scene.begin('rollout', { service, image: 'v2' });
    await scene.world.watch(
      async () => (await scene.world.twin(twin('external'))).taskDefinition.endsWith(':2'),
      minute,
    );
    const family = `${twin('external')}-template`;
    await scene.call(
      'UpdateService',
      { cluster: 'spillway', service: twin('external'), taskDefinition: family },
      'ecs',
    );
    expect(await scene.end(execution)).toBe('RolloutChangedBySomeoneElse.task-definition');
    expect((await scene.world.twin(twin('external'))).taskDefinition).toContain(family);
    expect((await scene.world.twin(twin('fargate'))).taskDefinition).toBe(before.taskDefinition);
  });

  it('ends when a twin is deleted under it', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    scene.world.push(service, 'v2');
    const execution = await scene.begin('rollout', { service, image: 'v2' });
    await scene.world.pass(12_000);
    await scene.call('DeleteService', { cluster: 'spillway', service: `${service}-external`, force: true }, 'ecs');
    expect(await scene.end(execution)).toBe('RolloutServiceDeleted.during-rollout');
  });
});

describe('a site', { timeout: 60_000 }, () => {
  const cut = (scene: Scene): void => {
    for (const { managedInstanceId } of sampleMachines) scene.world.cloud.ecs.setLinked(managedInstanceId, false);
  };
  const mixed = (): Promise<WorldMaterial> => {
    const changed = structuredClone(configuration);
    const processor = changed.services[service];
    if (processor) processor.rollout.mixedReleasesSafe = true;
    if (processor?.fargate) processor.fargate.baseTasks = 1;
    return prepareWorlds(changed);
  };

  it('that is away refuses a rollout, unless different releases may run side by side', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    cut(scene);
    await scene.world.pass(8 * minute);
    scene.world.push(service, 'v2');
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('RolloutRefused.site-away');
  });

  it('that is away gets the release when it returns', async () => {
    const verdicts: string[] = [];
    const scene = await Scene.open(await mixed(), verdicts);
    await scene.release('v1');
    cut(scene);
    await scene.world.pass(8 * minute);
    scene.world.push(service, 'v2');
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('deferred/site-away');
    expect(await scene.world.imageOf(`${service}-external`)).not.toBe(await scene.world.imageOf(`${service}-fargate`));
    for (const { managedInstanceId } of sampleMachines) scene.world.cloud.ecs.setLinked(managedInstanceId, true);
    await scene.world.until(() => verdicts.includes('completed/caught-up'), 30 * minute);
    expect(verdicts.at(-1)).toBe('completed/caught-up');
    expect(await scene.world.imageOf(`${service}-external`)).toBe(await scene.world.imageOf(`${service}-fargate`));
  });
});

describe('an operation', { timeout: 60_000 }, () => {
  it('says what was wrong with its input', async () => {
    const scene = await Scene.open();
    expect(await scene.run('operate', { action: 'explode', service })).toBe('InvalidOperation');
    expect(await scene.run('operate', { action: 'rollback', service })).toBe('InvalidOperation');
    await scene.release('v1');
    expect(await scene.run('operate', { action: 'rollback', service })).toBe('InvalidOperation');
    expect(await scene.run('operate', { action: 'scale', service, capacity: 'fargate', tasks: 9 })).toBe(
      'InvalidOperation',
    );
  });

  it('restarts, scales and rolls back, each with its verdict', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    await scene.release('v2');
    expect(await scene.run('operate', { action: 'scale', service, capacity: 'fargate', tasks: 1 })).toBe(
      'completed/scaled',
    );
    expect(await scene.run('operate', { action: 'plan', service, image: 'v1' })).toBe('completed/planned');
    expect(await scene.run('operate', { action: 'restart', service })).toBe('completed/proved');
    const first = await scene.world.imageOf(`${service}-fargate`);
    expect(await scene.run('operate', { action: 'rollback', service })).toBe('completed/proved');
    expect(await scene.world.imageOf(`${service}-fargate`)).not.toBe(first);
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(1);
  });

  it('passes on that its rollout did not end well', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const execution = await scene.begin('operate', { action: 'restart', service });
    await scene.world.pass(5_000);
    const [rollout] = (await scene.running('rollout')).executions;
    await scene.call('StopExecution', { executionArn: rollout?.executionArn, error: 'ByHand', cause: 'enough' });
    expect(await scene.end(execution)).toBe('ByHand');
  });
});

describe('a freeze', { timeout: 60_000 }, () => {
  it('refuses starts of its service, or of all, until it is ended, and writes nothing to ECS', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const before = await scene.world.imageOf(`${service}-external`);
    expect(await scene.run('operate', { action: 'freeze', service, actor: 'ada', reason: 'month end' })).toBe(
      'completed/frozen',
    );
    expect(await scene.run('operate', { action: 'freeze', service })).toBe('completed/unchanged');
    scene.world.push(service, 'v2');
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('RolloutRefused.frozen');
    expect(await scene.run('operate', { action: 'unfreeze', service })).toBe('completed/unfrozen');
    expect(await scene.run('operate', { action: 'freeze', service: '*' })).toBe('completed/frozen');
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('RolloutRefused.frozen');
    expect(await scene.world.imageOf(`${service}-external`)).toBe(before);
    expect(await scene.run('operate', { action: 'unfreeze', service: '*' })).toBe('completed/unfrozen');
    expect(await scene.run('rollout', { service, image: 'v2' })).toMatch(/^completed/);
  });
});

describe('a hold', { timeout: 60_000 }, () => {
  it('refuses its digest and no other, whether a person set it or a rollback', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const broken = scene.world.push(service, 'v2', 'crash');
    await scene.run('rollout', { service, image: 'v2' });
    expect(await scene.run('rollout', { service, image: broken })).toBe('RolloutRefused.held');
    expect(await scene.run('operate', { action: 'release', service, image: 'v2' })).toBe('completed/released');
    expect(await scene.run('rollout', { service, image: broken })).toBe('RolloutRolledBack.crash-after-start');
    scene.world.push(service, 'v3');
    expect(await scene.run('operate', { action: 'hold', service, image: 'v3' })).toBe('completed/held');
    expect(await scene.run('operate', { action: 'hold', service, image: 'v3' })).toBe('completed/unchanged');
    expect(await scene.run('operate', { action: 'hold', service, image: 'nowhere' })).toBe('InvalidOperation');
    // Its push came before the hold: that rollout goes on, and the next start is refused.
    await scene.world.pass(5 * minute);
    expect(await scene.run('rollout', { service, image: 'v3', force: true })).toBe('RolloutRefused.held');
  });

  it('is set on an image of our own registry only', async () => {
    const scene = await Scene.open();
    const digest = scene.world.push(service, 'v1');
    const held = (image: string) => scene.run('operate', { action: 'hold', service, image });
    for (const registry of [
      'ghcr.io',
      '210987654321.dkr.ecr.us-east-1.amazonaws.com',
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    ])
      expect(await held(`${registry}/${service}@${digest}`), registry).toBe('InvalidOperation');
    expect(await held(`ghcr.io/somebody/${service}@${digest}`)).toBe('InvalidOperation');
    expect(await held(`123456789012.dkr.ecr.us-east-1.amazonaws.com/${service}@${digest}`)).toBe('completed/held');
  });

  it("is left on the release from which a person's rollback led away", async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    await scene.release('v2');
    expect(await scene.run('operate', { action: 'rollback', service })).toMatch(/^completed/);
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('RolloutRefused.held');
  });
});

/** The sample configuration with gates on the service. */
const gated = (gates: Partial<ServiceConfiguration['rollout']>): Promise<WorldMaterial> => {
  const settings = configuration.services[service];
  if (!settings) throw new Error(`the sample configuration has no ${service}`);
  return prepareWorlds({
    ...configuration,
    services: { ...configuration.services, [service]: { ...settings, rollout: { ...settings.rollout, ...gates } } },
  });
};

describe('the scan gate', { timeout: 60_000 }, () => {
  let scanning: WorldMaterial;
  beforeAll(async () => {
    scanning = await gated({ scan: ScanGate.parse({ kind: 'basic', refuseFrom: 'HIGH', waitSeconds: 300 }) });
  }, 60_000);

  it('lets an image go on when its scan has found nothing, by the event of the scan', async () => {
    const scene = await Scene.open(scanning);
    expect(await scene.release('v1')).toBe('completed/proved-by-probe');
  });

  it('refuses findings over the threshold, and writes nothing', async () => {
    const scene = await Scene.open(scanning);
    await scene.release('v1');
    const before = await scene.world.imageOf(`${service}-external`);
    scene.world.push(service, 'v2', undefined, { [findingsLabel]: 'HIGH=1' });
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('RolloutRefused.scan-findings-basic');
    expect(await scene.world.imageOf(`${service}-external`)).toBe(before);
    scene.world.push(service, 'v3', undefined, { [findingsLabel]: 'MEDIUM=4' });
    expect(await scene.run('rollout', { service, image: 'v3' })).toMatch(/^completed/);
  });

  it('finds the end of a scan whose event was lost, and gives up on one that never ends', async () => {
    const scene = await Scene.open(scanning);
    await scene.call('DisableRule', { Name: 'spillway-image-scanned' }, 'events');
    expect(await scene.release('v1')).toMatch(/^completed/);
    scene.world.push(service, 'v2', undefined, { [scanLabel]: 'never' });
    expect(await scene.run('rollout', { service, image: 'v2' })).toBe('RolloutRefused.scan-unfinished');
  });
});

describe('the approval gate', { timeout: 60_000 }, () => {
  let asking: WorldMaterial;
  beforeAll(async () => {
    asking = await gated({ approval: ApprovalGate.parse({ deadlineSeconds: 600 }) });
  }, 60_000);
  /** A start that waits for its approval. */
  const asked = async (scene: Scene, version: string): Promise<string> => {
    await scene.call('DisableRule', { Name: 'spillway-image-pushed' }, 'events');
    scene.world.push(service, version);
    const execution = await scene.begin('rollout', { service, image: version });
    await scene.world.pass(5_000);
    return execution;
  };

  it('lets a start go on that somebody approves, and tells nobody twice', async () => {
    const scene = await Scene.open(asking);
    const execution = await asked(scene, 'v1');
    expect(await scene.run('operate', { action: 'approve', service, actor: 'ada' })).toBe('completed/approved');
    expect(await scene.run('operate', { action: 'approve', service })).toBe('InvalidOperation');
    expect(await scene.end(execution)).toMatch(/^completed/);
    // The way to the same release again needs no second word.
    expect(await scene.run('operate', { action: 'restart', service })).toMatch(/^completed/);
  });

  it('refuses a start that somebody denies, or that nobody approves in time', async () => {
    const scene = await Scene.open(asking);
    const denied = await asked(scene, 'v1');
    expect(await scene.run('operate', { action: 'deny', service, rollout: 'another' })).toBe('InvalidOperation');
    expect(await scene.run('operate', { action: 'deny', service, reason: 'not today' })).toBe('completed/denied');
    expect(await scene.end(denied)).toBe('RolloutRefused.approval-denied');
    const forgotten = await asked(scene, 'v2');
    await scene.world.pass(10 * minute - 10_000);
    expect((await scene.running('rollout')).executions).toHaveLength(1);
    await scene.world.pass(10_000);
    expect(await scene.end(forgotten)).toBe('RolloutRefused.approval-timed-out');
  });

  it('takes no word for a start whose execution was stopped', async () => {
    const scene = await Scene.open(asking);
    await scene.call('StopExecution', { executionArn: await asked(scene, 'v1') });
    expect(await scene.run('operate', { action: 'approve', service })).toBe('InvalidOperation');
  });
});

describe('a burst by hand', { timeout: 60_000 }, () => {
  it('says what was wrong with its input', async () => {
    const { run } = await Scene.open();
    expect(await run('burst', { service, tasks: 0 })).toBe('BurstRefused.invalid-input');
    expect(await run('burst', { service: 'nobody' })).toBe('BurstRefused.unknown-service');
    expect(await run('burst', { service: 'web-ui' })).toBe('BurstRefused.not-configured');
    expect(await run('burst', { service })).toBe('BurstRefused.never-released');
  });

  it('keeps its tasks for its time, is joined meanwhile, and is recalled', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const execution = await scene.begin('burst', { service, tasks: 2, for: 300 });
    await scene.world.pass(2 * minute);
    expect(await scene.run('burst', { service })).toBe('joined/already-bursting');
    expect((await scene.world.twin(`${service}-fargate`)).running).toBe(2);
    expect(await scene.end(execution)).toBe('recalled/time-over');
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(0);
  });

  it('is recalled by hand at its next look, and no signal starts another for as long as was asked for', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const byOperate = await scene.begin('operate', { action: 'burst', service, tasks: 2, for: 3_600, actor: 'ada' });
    await scene.world.pass(2 * minute);
    expect((await scene.world.twin(`${service}-fargate`)).running).toBe(2);
    const recall = { action: 'recall', service, for: 900, actor: 'ada', reason: 'too dear' };
    expect(await scene.run('operate', recall)).toBe('completed/recalled');
    expect(await scene.end(byOperate)).toBe('recalled/by-hand');
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(0);
    expect(await scene.run('burst', { service, trigger: { kind: 'alarm' } })).toBe('ignored/paused');
    expect(await scene.run('operate', { action: 'recall', service })).toBe('InvalidOperation');
    // A start by hand is no signal, and ends the pause.
    expect(await scene.run('operate', { action: 'burst', service, tasks: 1, for: 60 })).toBe('recalled/time-over');
    expect(await scene.run('burst', { service, trigger: { kind: 'alarm' } })).toBe('recalled/calm');
    expect(scene.world.cloud.iam.denials()).toEqual([]);
  });

  it('without need is recalled by itself', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    expect(await scene.run('burst', { service })).toBe('recalled/calm');
  });

  it('that goes on for long hands over to a fresh execution, which recalls it', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const seconds = looksPerExecution * 10 + 600;
    const first = await scene.begin('burst', { service, tasks: 1, for: seconds });
    expect(await scene.end(first)).toBe('handed-over/history-limit');
    const [successor] = (await scene.running('burst')).executions;
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(1);
    expect(await scene.end(successor?.executionArn ?? '')).toBe('recalled/time-over');
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(0);
  });

  it('whose execution was stopped is gone on with by the guardian, and recalled', async () => {
    const scene = await Scene.open();
    await scene.release('v1');
    const execution = await scene.begin('burst', { service, tasks: 2, for: 200 });
    await scene.world.pass(minute);
    await scene.call('StopExecution', { executionArn: execution });
    await scene.world.pass(minute);
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(2);
    const [successor] = (await scene.running('burst')).executions;
    expect(successor?.executionArn).toContain(':guardian-');
    expect(await scene.run('burst', { service })).toBe('joined/already-bursting');
    expect(await scene.end(successor?.executionArn ?? '')).toBe('recalled/time-over');
    expect((await scene.world.twin(`${service}-fargate`)).desired).toBe(0);
  });
});

describe('a controller that fails', { timeout: 60_000 }, () => {
  it('while it admits says so, and leaves no lease', async () => {
    const pushes = [{ version: 'v1' }, { version: 'v2' }];
    const at = (await play(pushes)).calls.indexOf('take-lease:UpdateItem');
    const outcome = await play(pushes, { at, when: 'after', error: 'AccessDeniedException' });
    expect(outcome.verdict).toBe('refused/controller-error');
    expect(outcome.control.rollout).toBeUndefined();
    for (const state of outcome.entered) entered.add(state);
  });

  it('before it has looked at the input shows the start among the rollouts and in the history', async () => {
    const pushes = [{ version: 'v1' }, { version: 'v2' }];
    const at = (await play(pushes)).calls.indexOf('admit-rollout:GetParameter');
    const outcome = await play(pushes, { at, when: 'before', error: 'AccessDeniedException' });
    const { rolloutId } = outcome.records[0] ?? {};
    expect(outcome.records[0]).toMatchObject({
      verdict: 'refused',
      cause: 'controller-error',
      image: expect.stringMatching(/^sha256:/),
      trigger: { kind: 'push' },
      waves: [],
    });
    expect(outcome.history.filter(({ subject }) => subject === rolloutId)).toMatchObject([
      {
        kind: 'rollout',
        text: 'refused (controller-error): The controller failed before anything was changed: AccessDeniedException: fault at admit-rollout:GetParameter (in the state "Admit the rollout").',
      },
    ]);
  });

  it('to start a broken release takes both twins back', async () => {
    const outcome = await play([{ version: 'v1' }, { version: 'v2', broken: 'unhealthy' }]);
    expect(outcome.verdict).toBe('rolled-back/unhealthy');
    for (const state of outcome.entered) entered.add(state);
  });
});

/** States that stand for mistakes in the program, which no scenario should make. */
const unreachable = ['burst: The answer is not known', 'operate: The answer is not known'];

afterAll(() => {
  const all = machines.flatMap(({ name, States }) => Object.keys(States).map((state) => `${name}: ${state}`));
  const missed = all.filter((state) => !entered.has(state) && !unreachable.includes(state));
  expect(missed, 'every state is entered by at least one scenario').toEqual([]);
});
