import { gateWaits } from '../../functions/adapters/gate-waits.ts';
import { readHistory } from '../../functions/adapters/history.ts';
import { readControl } from '../../functions/adapters/records.ts';
import { readItem, rolloutKey, type TableClient } from '../../functions/adapters/table.ts';
import { waitingTurns } from '../../functions/adapters/turns.ts';
import {
  type Configuration,
  type ConfigurationInput,
  capacitiesOf,
  clusterNameOf,
  defineConfiguration,
  twinName,
  twinNames,
} from '../../functions/core/configuration.ts';
import type { HistoryLine } from '../../functions/core/history.ts';
import type { Control, RolloutRecord } from '../../functions/core/state.ts';
import { errorName, verdicts } from '../../functions/core/verdict.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { Fidelity } from '../../simulator/cloud/fidelity.ts';
import type { ServiceName } from '../../simulator/cloud/service.ts';
import type { TraceEntry } from '../../simulator/kernel/kernel.ts';
import type { Execution } from '../../simulator/stepfunctions/execution/execution.ts';
import type { BusEvent } from '../timeline/describe-event.ts';
import { loadFunctions } from '../virtual/function-host.ts';
import type { Fate, FunctionCall, Interference } from '../virtual/interference.ts';
import { type Behaviour, scriptedRuntime } from '../virtual/scripted-runtime.ts';
import { synthesize, VirtualWorld, type WorldMaterial } from '../virtual/world.ts';
import type { Machine } from '../world/machines.ts';
import { probesLeft, type TwinTruth, truthOf } from './ground-truth.ts';

/**
 * A small virtual world for rollouts: the real templates, functions and state machines with IAM enforced, one service,
 * and containers that are nothing but their behaviour. It boots in some hundredths of a second.
 */

export const service = 'order-processor';
const minute = 60_000;

/** How the one service differs from the usual one of these worlds. */
export type ServiceChange = Partial<ConfigurationInput['services'][string]>;

export const configurationOf = (
  change: ServiceChange = {},
  existing: ConfigurationInput['existing'] = {},
): Configuration =>
  defineConfiguration({
    existing,
    queues: { orders: {}, 'orders-onprem': {} },
    tables: ['orders'],
    services: {
      [service]: {
        cpuUnits: 512,
        memoryMiB: 1024,
        receivesFrom: ['orders'],
        receivesFromOnPremises: ['orders-onprem'],
        tables: ['orders'],
        external: { baseTasks: 3, minimumHealthyPercent: 50, maximumPercent: 150 },
        fargate: { baseTasks: 1 },
        ...change,
      },
    },
  });

const prepared = new Map<string, Promise<WorldMaterial>>();

/** Templates and code of such a service, made once for each configuration; under the name of another build all code is new. */
export const rolloutMaterial = (
  change: ServiceChange = {},
  existing: ConfigurationInput['existing'] = {},
  build = 'first',
): Promise<WorldMaterial> => {
  const configuration = configurationOf(change, existing);
  const key = JSON.stringify({ configuration, build });
  const known = prepared.get(key);
  if (known) return known;
  const material = loadFunctions().then((functions) => ({
    configuration,
    assembly: synthesize(configuration, build),
    functions,
    services: new Map(),
  }));
  prepared.set(key, material);
  return material;
};

/** How an execution ended, in the words of the closed list; an execution that ended outside of it has none of its causes. */
export interface Ended {
  readonly executionArn: string;
  readonly rolloutId: string;
  readonly verdict: string;
  readonly cause: string;
  readonly reason: string;
  /** From the start of the execution to its end. */
  readonly seconds: number;
}

export interface RolloutWorldOptions {
  readonly seed?: number;
  readonly change?: ServiceChange;
  /** What is there already, as the configuration names it, and what makes it. */
  readonly existing?: ConfigurationInput['existing'];
  readonly before?: (cloud: Cloud) => Promise<unknown>;
  readonly machines?: readonly Machine[];
  readonly fidelity?: Fidelity;
  readonly onTrace?: (entry: TraceEntry) => void;
}

export interface ToldEnd {
  readonly atMs: number;
  readonly rolloutId: string;
  readonly verdict: string;
  readonly cause: string;
  readonly digest: string;
}

/** Actions of ECS that change something. */
const isWrite = (action: string): boolean => !/^(Describe|List|Get)/.test(action);

export class RolloutWorld {
  readonly world: VirtualWorld;
  readonly cluster: string;
  readonly twins: readonly string[];
  /** What the calls of the functions meet. Default: nothing. */
  interference: Interference = { fateOf: () => undefined };
  /** Verdicts as listeners on the bus were told them. */
  readonly told: ToldEnd[] = [];
  /** When ECS first told of a task that could not start. */
  failedToStartAtMs: number | undefined;
  /** Whether a call of a function has met its fate. */
  disturbed = false;
  /** Calls of ECS by functions, each attempt. */
  readonly ecsCalls: {
    readonly atMs: number;
    readonly folder: string;
    readonly action: string;
    /** Of which rollout the function was told to act; undefined where of none. */
    readonly rolloutId: string | undefined;
  }[] = [];
  /** What changed ECS, when it took effect. */
  readonly ecsWrites: { readonly atMs: number; readonly call: FunctionCall }[] = [];
  readonly #behaviours: Map<string, Behaviour>;

  private constructor(world: VirtualWorld, behaviours: Map<string, Behaviour>) {
    this.world = world;
    this.#behaviours = behaviours;
    this.cluster = clusterNameOf(world.configuration);
    const settings = world.configuration.services[service];
    this.twins = settings ? twinNames(service, settings) : [];
  }

  static async boot(options: RolloutWorldOptions = {}): Promise<RolloutWorld> {
    const behaviours = new Map<string, Behaviour>();
    let here: RolloutWorld | undefined;
    const world = await VirtualWorld.boot(await rolloutMaterial(options.change, options.existing), {
      seed: options.seed ?? 1,
      fidelity: options.fidelity,
      before: options.before,
      machines: options.machines,
      onTrace: options.onTrace,
      onEvent: (event) => here?.onEvent(event),
      runtime: (cloud) =>
        scriptedRuntime(
          cloud.kernel,
          (digest) => behaviours.get(digest) ?? {},
          () => undefined,
        ),
      interference: {
        fateOf: (call) => here?.fateOf(call),
        onEffect: (call, answer) => here?.onEffect(call, answer),
      },
    });
    here = new RolloutWorld(world, behaviours);
    return here;
  }

  private onEvent({ 'detail-type': type, detail }: BusEvent): void {
    if (detail.stopCode === 'TaskFailedToStart') this.failedToStartAtMs ??= this.now();
    if (type !== 'Spillway Rollout State Change' || detail.state !== 'ENDED') return;
    this.told.push({
      atMs: this.now(),
      rolloutId: String(detail.rolloutId),
      verdict: String(detail.verdict),
      cause: String(detail.cause),
      digest: String(detail.digest),
    });
  }

  private fateOf(call: FunctionCall): Fate | undefined {
    const { rollout } = call.payload as { readonly rollout?: { readonly rolloutId?: string } };
    if (call.service === 'ecs')
      this.ecsCalls.push({
        atMs: this.now(),
        folder: call.folder,
        action: call.action,
        rolloutId: rollout?.rolloutId,
      });
    const fate = this.interference.fateOf(call);
    if (fate) this.disturbed = true;
    return fate;
  }

  private onEffect(call: FunctionCall, answer: unknown): void {
    if (call.service === 'ecs' && isWrite(call.action)) this.ecsWrites.push({ atMs: this.now(), call });
    this.interference.onEffect?.(call, answer);
  }

  now(): number {
    return this.world.kernel.now();
  }

  pass(seconds: number): Promise<void> {
    return this.world.pass(seconds * 1_000);
  }

  /** Calls an API as the operator. @throws AwsError */
  call<Answer>(name: ServiceName, action: string, input: object): Promise<Answer> {
    return this.world.settle(this.world.cloud.call(name, action, input) as Promise<Answer>, minute);
  }

  /** Pushes an image; the push starts a rollout. @returns its digest */
  push(version: string, behaviour: Behaviour = {}, labels: Readonly<Record<string, string>> = {}): string {
    const digest = this.world.push(service, version, undefined, labels);
    this.#behaviours.set(digest, behaviour);
    return digest;
  }

  /** Pushes an image index that leads to images which are there. */
  async pushIndex(
    version: string,
    children: readonly { readonly digest: string; readonly architecture: string }[],
  ): Promise<string> {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifests = children.map(({ digest, architecture }) => ({
      mediaType,
      digest,
      size: 1,
      platform: { os: 'linux', architecture },
    }));
    const { image } = await this.call<{ image: { imageId: { imageDigest: string } } }>('ecr', 'PutImage', {
      repositoryName: service,
      imageTag: version,
      imageManifest: JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests,
      }),
    });
    return image.imageId.imageDigest;
  }

  /** Starts the state machine by hand. @returns the ARN of the execution */
  async begin(input: object, machine = 'rollout'): Promise<string> {
    const { executionArn } = await this.call<{ executionArn: string }>('states', 'StartExecution', {
      stateMachineArn: this.world.cloud.stepFunctions.machineArn(`spillway-${machine}`),
      input: JSON.stringify(input),
    });
    return executionArn;
  }

  /** The rollouts that ever started, oldest first. */
  executions(machine = 'rollout'): readonly Execution[] {
    return [...this.world.cloud.stepFunctions.executions()].filter((one) => one.machine.name === `spillway-${machine}`);
  }

  /** The execution that a push of this digest starts. @throws when none comes within two minutes */
  async executionOf(digest: string): Promise<string> {
    const find = (): Execution | undefined => this.executions().find((one) => one.inputText.includes(digest));
    if (!(await this.world.until(() => find() !== undefined, 2 * minute)))
      throw new Error(`no rollout of ${digest} started`);
    return find()?.arn ?? '';
  }

  /** @throws when the execution does not end within `limitSeconds` of virtual time */
  async end(executionArn: string, limitSeconds = 6 * 3_600): Promise<Ended> {
    const { stepFunctions } = this.world.cloud;
    const execution = stepFunctions.execution(executionArn);
    if (!(await this.world.until(() => execution.status !== 'RUNNING', limitSeconds * 1_000)))
      throw new Error(`${execution.name} does not end within ${limitSeconds} s`);
    return endedOf(execution);
  }

  /** Lets time pass until the execution is in this state. @throws when it does not come there within an hour */
  reaches(executionArn: string, state: string): Promise<void> {
    return this.until(`${executionArn} is in "${state}"`, () => this.statesOf(executionArn).at(-1) === state);
  }

  /** Lets time pass until `holds`. @throws when that does not come within an hour */
  async until(what: string, holds: () => boolean): Promise<void> {
    if (!(await this.world.until(holds, 60 * minute))) throw new Error(`it never came to it that ${what}`);
  }

  /** Task definitions that the functions have moved a twin to, in order. */
  movedTo(twin: string): readonly string[] {
    return this.ecsWrites.flatMap(({ call }) => {
      const input = call.input as { readonly service?: string; readonly taskDefinition?: string };
      return call.action === 'UpdateService' && input.service === twin ? (input.taskDefinition ?? []) : [];
    });
  }

  /** Names of the states that an execution has entered, in order. */
  statesOf(executionArn: string): readonly string[] {
    return this.world.cloud.stepFunctions
      .execution(executionArn)
      .history.events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
  }

  /** The published versions of functions that an execution has called, as ARNs. */
  versionsOf(executionArn: string): ReadonlySet<string> {
    const { events } = this.world.cloud.stepFunctions.execution(executionArn).history;
    const called = events.flatMap(({ taskScheduledEventDetails: task }) =>
      task?.resourceType === 'lambda'
        ? String((JSON.parse(task.parameters ?? '{}') as { readonly FunctionName?: string }).FunctionName)
        : [],
    );
    return new Set(called);
  }

  /** When an execution first entered a state; undefined while it has not. */
  enteredAtMs(executionArn: string, state: string): number | undefined {
    const { history } = this.world.cloud.stepFunctions.execution(executionArn);
    return history.events.find((event) => event.stateEnteredEventDetails?.name === state)?.timestamp?.getTime();
  }

  /** Tasks at rest by twin, as configured. */
  baseCounts(): Readonly<Record<string, number>> {
    const settings = this.world.configuration.services[service];
    return Object.fromEntries(
      settings
        ? capacitiesOf(settings).map((capacity) => [
            twinName(service, capacity, settings),
            settings[capacity]?.baseTasks ?? 0,
          ])
        : [],
    );
  }

  /** Percent of its tasks that a twin keeps running meanwhile, as configured. */
  minimumHealthyPercent(twin: string): number {
    const settings = this.world.configuration.services[service];
    const capacity = settings && capacitiesOf(settings).find((each) => twinName(service, each, settings) === twin);
    return (capacity && settings[capacity]?.minimumHealthyPercent) ?? 0;
  }

  truth(twin: string): TwinTruth | undefined {
    return truthOf(this.world.cloud.ecs, this.cluster, twin);
  }

  /** The twins that exist. */
  truths(): readonly TwinTruth[] {
    return this.twins.flatMap((twin) => this.truth(twin) ?? []);
  }

  /** Tasks that run beside every service. */
  strayTasks(): readonly string[] {
    return probesLeft(this.world.cloud.ecs, this.cluster);
  }

  /** The image in a task definition, or `none`. */
  imageOf(taskDefinition: string): string {
    return this.world.cloud.ecs.findTaskDefinition(taskDefinition)?.containers[0]?.image ?? 'none';
  }

  async control(): Promise<Control> {
    return this.world.settle(readControl(this.#table(), service), minute);
  }

  async record(executionArn: string): Promise<RolloutRecord | undefined> {
    const { name, startMs } = this.world.cloud.stepFunctions.execution(executionArn);
    const key = rolloutKey({ service, rolloutId: name, startedAt: new Date(startMs).toISOString() });
    return (await this.world.settle(readItem<RolloutRecord>(this.#table(), key), minute))?.item;
  }

  /** Rollouts whose task token is kept, since they wait for a scan, for an approval or for their turn. */
  async waiting(): Promise<readonly string[]> {
    const table = this.#table();
    const waits = Promise.all([
      gateWaits(table, 'scan', service),
      gateWaits(table, 'approval', service),
      waitingTurns(table, service),
    ]);
    const [scans, approvals, turns] = await this.world.settle(waits, minute);
    return [
      ...[...scans, ...approvals].map(({ candidate }) => candidate.rolloutId),
      ...turns.map((turn) => turn.rolloutId),
    ];
  }

  /** The lines of the service's history, oldest first. */
  history(): Promise<readonly HistoryLine[]> {
    return this.world.settle(readHistory(this.#table(), service), minute);
  }

  #table(): TableClient {
    const send = (command: { readonly input: unknown }): Promise<unknown> =>
      this.world.cloud.call('dynamodb', command.constructor.name.replace(/Command$/, ''), command.input);
    return { client: { send } as TableClient['client'], name: 'spillway' };
  }
}

/** What an ended execution says of its end: its output, or the name of its error. */
export const endedOf = (execution: Execution): Ended => {
  const base = {
    executionArn: execution.arn,
    rolloutId: execution.name,
    seconds: Math.round(((execution.stopMs ?? execution.startMs) - execution.startMs) / 1_000),
  };
  if (execution.status === 'SUCCEEDED') {
    const output = JSON.parse(execution.output ?? '{}') as Partial<Record<'verdict' | 'cause' | 'reason', string>>;
    return { ...base, verdict: output.verdict ?? '', cause: output.cause ?? '', reason: output.reason ?? '' };
  }
  const entry = verdicts.find((one) => one.of === 'rollout' && !one.succeeded && errorName(one) === execution.error);
  return {
    ...base,
    verdict: entry?.verdict ?? execution.status,
    cause: entry?.cause ?? execution.error ?? '',
    reason: execution.cause ?? '',
  };
};
