import { readHead, readHistory } from '../../functions/adapters/history.ts';
import { newestRollouts, readControl } from '../../functions/adapters/records.ts';
import { defineConfiguration } from '../../functions/core/configuration.ts';
import type { HistoryLine, LineMark } from '../../functions/core/history.ts';
import type { Control, RolloutRecord } from '../../functions/core/state.ts';
import { prepareWorlds, VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import type { TraceEntry } from '../../simulator/kernel/kernel.ts';

/** A world in which one call of one function fails: what a killed function, a refused call or a lost answer looks like. */
export interface Fault {
  /** Which call since the last push, counted over all functions. */
  readonly at: number;
  /** Before the call is sent, or after it has taken effect and before its answer is read. */
  readonly when: 'before' | 'after';
  /** Name of the error that the state machine sees. */
  readonly error: string;
}

export interface Outcome {
  /** Calls since the last push as `function:Command`. */
  readonly calls: readonly string[];
  readonly verdicts: readonly string[];
  readonly verdict: string;
  /** Digests in the task definitions of the twins. */
  readonly digests: readonly string[];
  /** Running and desired tasks of the twins. */
  readonly counts: readonly string[];
  readonly control: Control;
  /** What is recorded of the service, oldest first. */
  readonly history: readonly HistoryLine[];
  readonly head: LineMark | undefined;
  /** Its rollouts, newest first. */
  readonly records: readonly RolloutRecord[];
  /** Calls of ECS as the end of the last rollout tells them. */
  readonly ecsCalls: number;
  readonly denials: number;
  /** States that were entered, as `rollout: Move the twin`. */
  readonly entered: ReadonlySet<string>;
}

/** The state that a trace entry says was entered. */
export const enteredState = ({ kind, detail }: TraceEntry): string | undefined => {
  if (kind !== 'states-entered') return undefined;
  const machine = /:execution:spillway-([a-z]+):/.exec(String(detail.execution))?.[1];
  return `${machine}: ${String(detail.state)}`;
};

export interface Push {
  readonly version: string;
  readonly broken?: 'crash' | 'unhealthy';
}

const service = 'order-processor';
const twins = ['order-processor-external', 'order-processor-fargate'] as const;
const limitMs = 3 * 3_600_000;

const configuration = defineConfiguration({
  queues: { orders: {}, 'orders-onprem': {} },
  tables: ['orders'],
  services: {
    [service]: {
      cpuUnits: 512,
      memoryMiB: 1024,
      receivesFrom: ['orders'],
      receivesFromOnPremises: ['orders-onprem'],
      tables: ['orders'],
      external: { baseTasks: 3 },
      fargate: { baseTasks: 1 },
    },
  },
});

let prepared: Promise<WorldMaterial> | undefined;
const material = (): Promise<WorldMaterial> => {
  prepared ??= prepareWorlds(configuration);
  return prepared;
};

interface Client {
  send(command: { readonly constructor: { readonly name: string } }, options?: unknown): Promise<unknown>;
}

/** Pushes one version after the other, each when the one before has ended, with the fault after the last push. */
export const play = async (pushes: readonly Push[], fault?: Fault, deaf = false): Promise<Outcome> => {
  const calls: string[] = [];
  const ends = new Map<string, string>();
  const entered = new Set<string>();
  let armed = false;
  let ecsCalls = 0;
  const base = await material();

  const faulty = (folder: string, client: Client): Client => ({
    send: async (command, options) => {
      if (!armed) return client.send(command, options);
      const call = `${folder}:${command.constructor.name.replace(/Command$/, '')}`;
      const strikes = fault?.at === calls.length;
      calls.push(call);
      const fail = (): never => {
        throw Object.assign(new Error(`fault at ${call}`), { name: fault?.error });
      };
      if (strikes && fault.when === 'before') fail();
      const answer = await client.send(command, options);
      return strikes && fault.when === 'after' ? fail() : answer;
    },
  });
  const functions = new Map(
    [...base.functions].map(([path, module]) => {
      const folder = path.split('/')[1] ?? '';
      const create: typeof module.create = (deps) => {
        if (deaf && folder === 'observe-twin') return async () => ({ kind: 'nothing' });
        const clients = Object.entries(deps.clients).map(([name, client]) => [
          name,
          name === 'http' ? client : faulty(folder, client as Client),
        ]);
        return module.create({ ...deps, clients: Object.fromEntries(clients) as typeof deps.clients });
      };
      return [path, { create }] as const;
    }),
  );

  const world = await VirtualWorld.boot(
    { ...base, functions },
    {
      seed: 1,
      onTrace: (entry) => {
        const state = enteredState(entry);
        if (state) entered.add(state);
      },
      onEvent: ({ 'detail-type': type, detail }) => {
        if (type !== 'Spillway Rollout State Change' || detail.state !== 'ENDED') return;
        ecsCalls = Number(detail.ecsCalls);
        ends.set(String(detail.rolloutId), `${String(detail.verdict)}/${String(detail.cause)}`);
      },
    },
  );
  for (const [index, { version, broken }] of pushes.entries()) {
    armed = index === pushes.length - 1;
    world.push(service, version, broken);
    await world.until(() => ends.size > index, limitMs);
  }
  // The last state of the machine, and tasks that are still stopping.
  await world.pass(30_000);
  armed = false;

  const digests: string[] = [];
  const counts: string[] = [];
  for (const twin of twins) {
    digests.push((await world.imageOf(twin))?.split('@')[1] ?? 'none');
    const { running, desired } = await world.twin(twin);
    counts.push(`${running}/${desired}`);
  }
  const send: Client['send'] = (command) =>
    world.cloud.call(
      'dynamodb',
      command.constructor.name.replace(/Command$/, ''),
      (command as unknown as { readonly input: unknown }).input,
    );
  const table = { client: { send } as never, name: 'spillway' };
  const control = await world.settle(readControl(table, service), limitMs);
  const history = await world.settle(readHistory(table, service), limitMs);
  const head = await world.settle(readHead(table, service), limitMs);
  const records = await world.settle(newestRollouts(table, service, 10), limitMs);
  const verdicts = [...ends.values()];
  return {
    calls,
    verdicts,
    verdict: verdicts.at(-1) ?? 'none',
    digests,
    counts,
    control,
    history,
    head,
    records,
    ecsCalls,
    denials: world.cloud.iam.denials().length,
    entered,
  };
};
