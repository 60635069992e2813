import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { keepTag } from '../../functions/core/keep-tag.ts';
import type { ReleasePlan } from '../../functions/core/release-plan.ts';
import { AwsError } from '../../simulator/cloud/aws-error.ts';
import type { TaskRecord } from '../../simulator/ecs/model.ts';
import type { Execution } from '../../simulator/stepfunctions/execution/execution.ts';
import { describeTruth } from '../rollouts/ground-truth.ts';
import { type Ended, type RolloutWorld, service } from '../rollouts/rollout-world.ts';
import type { FunctionCall } from '../virtual/interference.ts';
import type { Behaviour } from '../virtual/scripted-runtime.ts';
import { sampleMachines } from '../world/machines.ts';

const short = (digest: string): string => digest.replace('sha256:', '').slice(0, 12);

/** A world in which one scenario is played, with what is checked on the way. */
export class Stage {
  readonly world: RolloutWorld;
  /** What was not as it must be, in sentences. */
  readonly faults: string[] = [];

  constructor(world: RolloutWorld) {
    this.world = world;
  }

  check(rule: string, holds: boolean, found: string): void {
    if (!holds) this.faults.push(`not true: ${rule}; found ${found}`);
  }

  /** A release by push that nothing disturbs, and the minutes after it. @throws when it does not complete */
  async released(version: string): Promise<string> {
    const digest = this.world.push(version);
    const { verdict, cause, reason } = await this.world.end(await this.world.executionOf(digest));
    if (verdict !== 'completed' && verdict !== 'nothing-proved')
      throw new Error(`the release before the scenario ended as ${verdict}/${cause}: ${reason}`);
    await this.world.pass(300);
    return digest;
  }

  /** Pushes an image; its rollout is under way. @returns digest and execution */
  async pushed(version: string, behaviour: Behaviour = {}): Promise<{ digest: string; execution: string }> {
    const digest = this.world.push(version, behaviour);
    return { digest, execution: await this.world.executionOf(digest) };
  }

  /** Stops an execution by hand. @returns the one that goes on with what it has left */
  async successorOf(execution: string): Promise<string> {
    const { world } = this;
    await world.call('states', 'StopExecution', { executionArn: execution });
    const successor = () => world.executions().find(({ name }) => name.startsWith('guardian-'));
    await world.until('somebody goes on with what was stopped', () => successor() !== undefined);
    return successor()?.arn ?? '';
  }

  /**
   * Stops an execution by hand that nobody has to go on with. Nothing runs in it any more: its end is what the guardian
   * writes into its record, within two minutes, and tells once.
   */
  async stoppedInVain(execution: string): Promise<Ended> {
    const { world } = this;
    const stoppedAt = world.now();
    await world.call('states', 'StopExecution', { executionArn: execution, cause: 'the wrong image' });
    await world.pass(120);
    const ended = await this.endInRecord(execution);
    const { endedAt = '' } = (await world.record(execution)) ?? {};
    this.check('its record says when it was stopped', Date.parse(endedAt) === stoppedAt, endedAt);
    this.check('its reason says what was said at the stop', ended.reason.includes('the wrong image'), ended.reason);
    const waiting = await world.waiting();
    this.check('nothing is kept of its wait', !waiting.includes(ended.rolloutId), waiting.join(', '));
    return ended;
  }

  /** The end of a rollout whose execution was stopped, as its record has it; checks that it is told once, and in its story. */
  async endInRecord(execution: string): Promise<Ended> {
    const { world } = this;
    const { rolloutId, ...ended } = await world.end(execution);
    const { verdict = '', cause = '', reason = '' } = (await world.record(execution)) ?? {};
    await world.pass(600);
    const told = world.told.filter((each) => each.rolloutId === rolloutId);
    this.check('it is told once', told.length === 1 && told[0]?.verdict === verdict, JSON.stringify(told));
    const lines = (await world.history()).filter(({ subject }) => subject === rolloutId).map(({ text }) => text);
    this.check(
      'its story ends with its verdict',
      lines.at(-1)?.startsWith(`${verdict} (${cause})`) === true,
      lines.join(' '),
    );
    return { ...ended, rolloutId, verdict, cause, reason };
  }

  /** Stops a release by hand in its bake, when the site has just gone away. @returns the execution that takes it back */
  async stoppedWithoutSite(version: string): Promise<string> {
    const { execution } = await this.pushed(version);
    await this.world.reaches(execution, 'Let it bake');
    this.linkSite(false);
    await this.world.pass(120);
    return this.successorOf(execution);
  }

  /** Pushes an image and waits for the end of its rollout. */
  async rolledOut(version: string, behaviour: Behaviour = {}): Promise<Ended & { readonly digest: string }> {
    const { digest, execution } = await this.pushed(version, behaviour);
    return { ...(await this.world.end(execution)), digest };
  }

  /** Starts a rollout by hand and waits for its end. */
  async byHand(input: object): Promise<Ended> {
    return this.world.end(await this.world.begin(input));
  }

  /** An operation by hand that must succeed. @throws when it does not */
  async operate(input: object): Promise<void> {
    const execution = this.world.world.cloud.stepFunctions.execution(
      await this.world.begin({ service, ...input }, 'operate'),
    );
    await this.world.until(`${execution.name} ends`, () => execution.status !== 'RUNNING');
    if (execution.status !== 'SUCCEEDED')
      throw new Error(`${JSON.stringify(input)} ended as ${execution.error}: ${execution.cause}`);
  }

  /** Starts a rollout by hand that must end without having changed anything, and checks that. */
  async changesNothing(input: object): Promise<Ended> {
    const { world } = this;
    const before = world.truths();
    const writes = world.ecsWrites.length;
    const ended = await this.byHand(input);
    await world.pass(300);
    const written = world.ecsWrites.slice(writes).map(({ call }) => call.action);
    this.check('it writes nothing to ECS', written.length === 0, written.join(', '));
    const after = world.truths();
    this.check(
      'it leaves the twins as they were',
      JSON.stringify(after) === JSON.stringify(before),
      after.map(describeTruth).join('; '),
    );
    if (ended.verdict === 'refused') await this.isPlannedSo(input, ended.cause);
    return ended;
  }

  /** What a plan of this start says. */
  async planned(input: object): Promise<{ readonly execution: Execution; readonly plan: Partial<ReleasePlan> }> {
    const execution = this.world.world.cloud.stepFunctions.execution(
      await this.world.begin({ ...input, action: 'plan' }, 'operate'),
    );
    await this.world.until(`${execution.name} ends`, () => execution.status !== 'RUNNING');
    return { execution, plan: JSON.parse(execution.output ?? '{}') as Partial<ReleasePlan> };
  }

  /** Checks that a plan of a refused start names the same cause: as an obstacle, as its own, or as something to wait for. */
  async isPlannedSo(input: object, cause: string): Promise<void> {
    const { execution, plan } = await this.planned(input);
    const { checks = [] } = plan;
    const found = checks.flatMap((each): string[] => (each.outcome === 'ok' ? [] : [each.cause ?? each.outcome]));
    const wanted = cause === 'scan-unfinished' ? 'waits' : cause;
    const holds = ['invalid-input', 'unknown-service'].includes(cause)
      ? execution.error === 'InvalidOperation' || found.includes(wanted)
      : found.includes(wanted);
    this.check('a plan names the same cause', holds, `${found.join(', ')} ${execution.cause ?? ''}`);
  }

  /** Checks that the way back began within 10 s of the first event of a task that could not start, which no retry can mend. */
  turnedBackAtOnce(executionArn: string): void {
    const toldMs = this.world.failedToStartAtMs ?? Number.NaN;
    const seconds = ((this.world.enteredAtMs(executionArn, 'Plan the way back') ?? Number.NaN) - toldMs) / 1_000;
    this.check('the way back begins within 10 s of the first event', seconds <= 10, `${seconds} s`);
  }

  /**
   * Checks how often functions have called ECS for a rollout of two twins that completed, and that its record says so: 14
   * times, 3 more for a probe, 5 more for each time that its bake went on and once more for each sweep, however long it took,
   * also where it waited for the site. What looks at ECS besides it is not of it, nor what another rollout calls, which may act
   * while this one waits.
   */
  async calledEcsSparingly(executionArn: string): Promise<void> {
    const { world } = this;
    const states = world.statesOf(executionArn);
    const times = (state: string): number => states.filter((each) => each === state).length;
    const probes = times('Stop the probe');
    const sweeps = times('Wait for the twin') - times('Did the twin arrive');
    const bakes = times('Prove the release') - 1;
    const { startMs, stopMs = startMs } = world.world.cloud.stepFunctions.execution(executionArn);
    const record = await world.record(executionArn);
    const calls = world.ecsCalls.filter(
      ({ atMs, folder, rolloutId = record?.rolloutId }) =>
        atMs >= startMs &&
        atMs <= stopMs &&
        rolloutId === record?.rolloutId &&
        !['reconcile-services', 'retire-revisions'].includes(folder),
    );
    const most = 14 + 3 * probes + 5 * bakes + sweeps;
    const found = calls.map(({ folder, action }) => `${folder}:${action}`).join(', ');
    this.check(`it calls ECS ${most} times at most`, calls.length <= most, `${calls.length}: ${found}`);
    const told = record?.ecsCalls;
    this.check('its record counts each call of ECS', told === calls.length, `${told} of ${calls.length}: ${found}`);
  }

  /** Checks that a proved image is in ECR, under the tag by which lifecycle rules spare it. */
  async keepsImage(imageDigest: string): Promise<void> {
    const { images } = await this.world.call<{
      readonly images: readonly { readonly imageId: { imageTag?: string } }[];
    }>('ecr', 'BatchGetImage', {
      repositoryName: service,
      imageIds: [{ imageDigest, imageTag: keepTag(imageDigest) }],
    });
    this.check('the proved image is kept in ECR', images.length === 1, `${short(imageDigest)} is not there`);
  }

  /** Lets everything come to rest, and checks that each twin is wholly on this digest at this count. */
  async restsOn(digest: string, counts: Readonly<Record<string, number>> = this.world.baseCounts()): Promise<void> {
    await this.world.pass(600);
    for (const twin of this.world.twins) this.twinRestsOn(twin, digest, counts[twin] ?? 0);
    const stray = this.world.strayTasks();
    this.check('no probe is left running', stray.length === 0, stray.join('; '));
  }

  /** The probe that runs. @throws when there is none */
  probe(): TaskRecord {
    const { cluster, world } = this.world;
    const tasks = [...(world.cloud.ecs.clusters.get(cluster)?.tasks.values() ?? [])];
    const probe = tasks.find((task) => task.service === undefined && task.desiredStatus === 'RUNNING');
    if (!probe) throw new Error('no probe runs');
    return probe;
  }

  /** Checks that no digest is held. */
  async holdsNothing(): Promise<void> {
    const held = Object.values((await this.world.control()).holds ?? {}).map(({ reason }) => reason);
    this.check('no digest is held', held.length === 0, held.join('; '));
  }

  /** Checks that all twins are on one release now, whichever it is. */
  isOnOneRelease(): void {
    const truths = this.world.truths();
    const images = new Set(truths.map(({ taskDefinition }) => this.world.imageOf(taskDefinition)));
    this.check('all twins are on one release', images.size === 1, truths.map(describeTruth).join('; '));
  }

  /** Checks that a twin is wholly on this digest at this count now. */
  twinRestsOn(twin: string, digest: string, count: number): void {
    const truth = this.world.truth(twin);
    if (!truth) {
      this.check(`${twin} exists`, false, 'no such service');
      return;
    }
    const image = this.world.imageOf(truth.taskDefinition);
    const whole =
      truth.desired === count &&
      truth.tasks.length === count &&
      truth.tasks.every((task) => task.running && task.healthy && task.digest === digest) &&
      image.endsWith(`@${digest}`);
    this.check(
      `${twin} runs ${count} of ${short(digest)} and nothing else`,
      whole,
      `${describeTruth(truth)}, image ${image}`,
    );
  }

  /** From now on AWS refuses the functions these calls: without a name of the error, IAM denies them. */
  refuse(which: (call: FunctionCall) => boolean, name = 'AccessDeniedException'): void {
    const error = new AwsError(name, 'Not now, or not by this caller');
    this.world.interference = { fateOf: (call) => (which(call) ? { kind: 'refused', error } : undefined) };
  }

  /** Cuts the machines of the site off, or connects them again. */
  linkSite(linked: boolean): void {
    for (const { managedInstanceId } of sampleMachines) this.world.world.cloud.ecs.setLinked(managedInstanceId, linked);
  }

  /** Registers what somebody else would run on a twin: its own task definition with another environment. */
  async foreignRevision(twin: string): Promise<string> {
    const { taskDefinition: known } = this.world.truth(twin) ?? {};
    const input = this.world.world.cloud.ecs.findTaskDefinition(known)?.input;
    if (!input) throw new Error(`${twin} has no task definition`);
    const { taskDefinition } = await this.world.call<{ taskDefinition: { taskDefinitionArn: string } }>(
      'ecs',
      'RegisterTaskDefinition',
      { ...input, family: `${twin}-of-somebody-else` },
    );
    return taskDefinition.taskDefinitionArn;
  }

  /**
   * Somebody has switched the circuit breaker's own rollback on and moves a twin to an image that is not there: ECS gives
   * that up and is on its way back to the deployment before.
   */
  async ecsRollsBack(twin: string): Promise<void> {
    const { cluster, world } = this.world;
    const input = world.cloud.ecs.findTaskDefinition(this.world.truth(twin)?.taskDefinition)?.input;
    const { accountId, region } = world.cloud;
    const image = `${accountId}.dkr.ecr.${region}.amazonaws.com/${service}@sha256:${'0'.repeat(64)}`;
    const { taskDefinition } = await this.world.call<{ taskDefinition: { taskDefinitionArn: string } }>(
      'ecs',
      'RegisterTaskDefinition',
      {
        ...input,
        family: `${twin}-of-somebody-else`,
        containerDefinitions: input?.containerDefinitions?.map((each) => ({ ...each, image })),
      },
    );
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    const { taskDefinitionArn } = taskDefinition;
    await this.world.call('ecs', 'UpdateService', {
      cluster,
      service: twin,
      taskDefinition: taskDefinitionArn,
      deploymentConfiguration,
    });
    await this.world.until('ECS rolls back', () => this.world.truth(twin)?.taskDefinition !== taskDefinitionArn);
  }

  /** A stack update has changed the template of a twin, as its parameter states it. */
  async changesTemplate(twin: string, change: (template: RegisterTaskDefinitionRequest) => object): Promise<void> {
    const { ecs } = this.world.world.cloud;
    const Name = `/spillway/templates/${twin}`;
    const { Parameter } = await this.world.call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name });
    const input = ecs.findTaskDefinition(Parameter.Value)?.input;
    if (!input) throw new Error(`${twin} has no template`);
    const { taskDefinition } = await this.world.call<{ taskDefinition: { taskDefinitionArn: string } }>(
      'ecs',
      'RegisterTaskDefinition',
      { ...input, ...change(input) },
    );
    await this.world.call('ssm', 'PutParameter', { Name, Value: taskDefinition.taskDefinitionArn, Overwrite: true });
  }

  /** Somebody else's task, of an image that is there, takes this much of the premises. */
  async occupyPremises(
    digest: string,
    size: { readonly cpuUnits: number; readonly memoryMiB: number; readonly hostPort?: number },
    tasks = 1,
  ): Promise<void> {
    const { accountId, region } = this.world.world.cloud;
    const image = `${accountId}.dkr.ecr.${region}.amazonaws.com/${service}@${digest}`;
    const { cpuUnits: cpu, memoryMiB: memory, hostPort } = size;
    const portMappings = hostPort === undefined ? [] : [{ containerPort: hostPort, hostPort }];
    const container = { name: 'main', image, cpu, memory, essential: true, portMappings };
    await this.world.call('ecs', 'RegisterTaskDefinition', {
      family: 'somebody-else',
      requiresCompatibilities: ['EXTERNAL'],
      containerDefinitions: [container],
    });
    const ran = await this.world.call<{ tasks: readonly unknown[] }>('ecs', 'RunTask', {
      cluster: this.world.cluster,
      taskDefinition: 'somebody-else',
      launchType: 'EXTERNAL',
      count: tasks,
    });
    if (ran.tasks.length !== tasks) throw new Error('there is no room for the tasks of somebody else');
  }
}
