import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeServicesCommand, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../cli/context.ts';
import { runProgram } from '../../cli/program.ts';
import { type ConfigurationInput, defineConfiguration } from '../../functions/core/configuration.ts';
import { emptyCloud } from '../../local/coverage/coverage-page.ts';
import { virtualClients } from '../../local/virtual/clients.ts';
import { prepareWorlds, VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import type { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import configuration from '../../spillway.config.ts';
import { sampleMaterial } from './material.ts';

const minute = 60_000;
const service = 'order-processor';

const [external, fargate] = [`${service}-external`, `${service}-fargate`];

/** Lines without times, ids and digests, which are the seed's. */
const untimed = (text: string): string[] =>
  text.split('\n').map((line) =>
    line
      .replace(/^ +[\d-]+ [\d:]+ +/, '')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
      .replaceAll(/sha256:[0-9a-f]+/g, 'sha256:…')
      .replaceAll(/ {2,}/g, ' '),
  );

interface Said {
  readonly out: string;
  readonly progress: string;
  readonly exit: number;
}

/** A terminal in front of a virtual world. */
class Terminal {
  readonly world: VirtualWorld;
  columns: number | undefined;
  readonly #connection: ReturnType<Context['connection']>;

  constructor(world: VirtualWorld) {
    this.world = world;
    const clients = virtualClients(
      world.cloud,
      () => world.cloud.operator,
      () => true,
    );
    this.#connection = { ...clients, to: 'the virtual world' } as unknown as ReturnType<Context['connection']>;
  }

  get clients(): ReturnType<Context['connection']> {
    return this.#connection;
  }

  async type(line: string): Promise<Said> {
    const out: string[] = [];
    const progress: string[] = [];
    let exit = 0;
    const { kernel } = this.world;
    await this.world.settle(
      runProgram(
        {
          configuration: async () => configuration,
          connection: () => this.#connection,
          clock: {
            now: () => kernel.now(),
            sleep: (ms) => new Promise((resolve) => void kernel.after(ms, 'terminal', resolve)),
          },
          out: (text) => out.push(text),
          progress: (text) => progress.push(text),
          actor: 'ada',
          columns: this.columns,
          exit: (code) => {
            exit = code;
          },
        },
        line.split(' '),
      ),
      180 * minute,
    );
    return { out: out.join('\n'), progress: progress.join('\n'), exit };
  }
}

describe('the command line', { timeout: 60_000 }, () => {
  let material: WorldMaterial;
  beforeAll(async () => {
    material = await sampleMaterial();
  }, 60_000);
  const open = async (): Promise<Terminal> => new Terminal(await VirtualWorld.boot(material, { seed: 1 }));

  it('prints one JSON document with --json, whatever is asked', async () => {
    const terminal = await open();
    for (const version of ['v1', 'v2']) {
      terminal.world.push(service, version);
      await terminal.world.pass(10 * minute);
    }
    const told = async (line: string): Promise<unknown> => JSON.parse((await terminal.type(`${line} --json`)).out);
    expect(await told('status')).toMatchObject({
      cluster: 'spillway',
      services: expect.arrayContaining([expect.objectContaining({ service, mixture: false })]),
    });
    expect(await told(`status ${service}`)).toMatchObject({ services: [{ service, twins: [{}, {}] }] });
    expect(await told(`rollouts ${service}`)).toMatchObject([
      { verdict: 'completed', cause: 'proved-by-probe' },
      { verdict: 'completed', cause: 'proved-by-probe' },
    ]);
    expect(await told(`explain ${service}`)).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'rollout', text: expect.any(String) })]),
    );
    expect(await told(`verify-history ${service}`)).toMatchObject({ service, kind: 'whole' });
    const operations = {
      freeze: 'completed (frozen)',
      unfreeze: 'completed (unfrozen)',
      'hold v1': 'completed (held)',
      'release v1': 'completed (released)',
      'scale fargate 1': 'completed (scaled)',
      restart: 'completed (proved)',
      rollback: 'completed (proved)',
      approve: 'refused (invalid-input)',
      deny: 'refused (invalid-input)',
    };
    const ends: Record<string, string> = {};
    for (const operation of Object.keys(operations)) {
      const [verb, ...rest] = operation.split(' ');
      const { verdict, cause, reason } = (await told([verb, service, ...rest].join(' '))) as Record<string, string>;
      expect(reason, operation).toMatch(/\.$/);
      ends[operation] = `${verdict} (${cause})`;
    }
    expect(ends).toEqual(operations);
    expect(await told(`restart ${service} --no-wait`)).toMatchObject({ executionArn: expect.any(String) });
  });

  it('plans: says what would change and whether a rollout would start, and writes nothing', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    await terminal.type(`deploy ${service} v1`);
    await terminal.world.pass(5 * minute);
    terminal.world.push('web-ui', 'v1');
    await terminal.world.pass(5 * minute);
    const { ecs, dynamodb } = terminal.clients;
    const items = async (): Promise<string> =>
      JSON.stringify(
        await terminal.world.settle(
          dynamodb.send(
            new QueryCommand({
              TableName: 'spillway',
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': { S: `service#${service}` } },
            }),
          ),
          minute,
        ),
      );
    const families = async (): Promise<string> => {
      const { taskDefinitionArns } = await terminal.world.settle(ecs.send(new ListTaskDefinitionsCommand({})), minute);
      const { services } = await terminal.world.settle(
        ecs.send(
          new DescribeServicesCommand({ cluster: 'spillway', services: [`${service}-external`, `${service}-fargate`] }),
        ),
        minute,
      );
      return JSON.stringify([
        taskDefinitionArns,
        services?.map(({ deployments, desiredCount }) => [deployments?.map(({ id }) => id), desiredCount]),
      ]);
    };
    const before = [await items(), await families()];
    const same = await terminal.type(`plan ${service} v1`);
    expect(same.exit).toBe(0);
    expect(same.out).toMatch(/order-processor-external, now order-processor-external:\d+: nothing changes/);
    expect(same.out).toMatch(/ok +role spillway-order-processor-execution-us-east-1/);
    expect(same.out).toMatch(/ok +log group \/spillway\/order-processor/);
    expect(same.out).toMatch(/ok +parity/);
    expect(same.out).toMatch(/warning +release +order-processor is on this release already/);
    expect(same.out).toMatch(/takes about \d+ s \(the middle one of the last 1 that completed\)/);

    const missing = await terminal.type(`plan ${service} v404`);
    expect(missing.exit).toBe(2);
    expect(missing.out).toMatch(/A rollout would be refused: The image v404 is not in the repository/);
    expect([await items(), await families()]).toEqual(before);

    await terminal.type(`freeze ${service} --reason fair`);
    const frozen = await terminal.type(`plan ${service} v1 --json`);
    expect(frozen.exit).toBe(2);
    expect(JSON.parse(frozen.out)).toMatchObject({
      wouldStart: false,
      checks: expect.arrayContaining([expect.objectContaining({ outcome: 'refuses', cause: 'frozen' })]),
    });
    const denied = terminal.world.cloud.iam.denials().map(({ who, action }) => `${who.split('/').at(-1)} ${action}`);
    expect(denied).toEqual([]);
  });

  it('plans with the counts that a rollout leaves, also where somebody has scaled a twin', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    const counts = async (version: string): Promise<string[]> =>
      (await terminal.type(`plan ${service} ${version}`)).out
        .split('\n')
        .filter((line) => /desired count|NO|fit of/.test(line))
        .map((line) => line.trim().replaceAll(/ {2,}/g, ' '));
    const fits = /^ok fit of order-processor-external /;
    expect(await counts('v1')).toEqual([
      'desired count: stays 0',
      'desired count: 0 -> 3, its base',
      expect.stringMatching(fits),
    ]);
    await terminal.type(`deploy ${service} v1`);
    terminal.world.push(service, 'v2');
    expect((await terminal.type(`scale ${service} fargate 2`)).out).toBe(
      `completed (scaled): ${fargate} was set to 2 tasks.`,
    );
    expect((await terminal.type(`scale ${service} external 4`)).exit).toBe(0);
    await terminal.world.pass(5 * minute);
    expect(await counts('v2')).toEqual([
      'desired count: stays 2, which is not its base of 0',
      'desired count: stays 4, which is not its base of 3',
      expect.stringMatching(fits),
    ]);
    await terminal.type(`deploy ${service} v2`);
    const desired = async (): Promise<number[]> => [
      (await terminal.world.twin(fargate)).desired,
      (await terminal.world.twin(external)).desired,
    ];
    expect(await desired()).toEqual([2, 4]);
    const stuck = `At its count of 1 ECS could neither stop nor start a task of ${external}: 50 % must stay healthy and 150 % may run, which both are 1.`;
    expect((await terminal.type(`scale ${service} external 1`)).out).toBe(
      `completed (scaled): ${external} was set to 1 task. No rollout of ${service} can start until it is set to another: ${stuck}`,
    );
    await terminal.world.pass(5 * minute);
    expect(await counts('v1')).toEqual([
      'desired count: stays 2, which is not its base of 0',
      'desired count: stays 1, which is not its base of 3',
      `NO start on ${external} ${stuck}`,
    ]);
    expect((await terminal.type(`deploy ${service} v1`)).out).toContain(`refused (percents-deadlock): ${stuck}`);
    expect(await desired()).toEqual([2, 1]);
  });

  it('deploys with the story on the way, and leaves with the exit code of the verdict', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    const first = await terminal.type(`deploy ${service} v1`);
    expect(first.exit).toBe(0);
    expect(first.out).toMatch(/^completed \(/);
    expect(first.progress).toMatch(/order-processor begins to move to sha256:/);
    expect(first.progress).toMatch(/order-processor-external: \d of 3 new tasks run/);

    terminal.world.push(service, 'v2', 'crash');
    const broken = await terminal.type(`deploy ${service} v2`);
    expect(broken.exit).toBe(1);
    expect(broken.out).toMatch(/^rolled-back \(crash-after-start\): /);

    const missing = await terminal.type(`deploy ${service} v3 --json`);
    expect(missing.exit).toBe(2);
    expect(JSON.parse(missing.out)).toMatchObject({ verdict: 'refused', cause: 'image-missing', exitCode: 2 });
  });

  it('freezes, holds and goes back, and tells who did what', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    await terminal.type(`deploy ${service} v1`);
    expect((await terminal.type(`rollback ${service}`)).out).toMatch(/no proved release before/);
    expect(await terminal.type(`freeze ${service} --reason inventory`)).toMatchObject({
      exit: 0,
      out: 'completed (frozen): order-processor is frozen: inventory.',
    });
    terminal.world.push(service, 'v2');
    const frozen = await terminal.type(`deploy ${service} v2`);
    expect(frozen).toMatchObject({ exit: 2, out: expect.stringMatching(/^refused \(frozen\): .*by ada .*inventory/) });
    await terminal.type(`unfreeze ${service}`);
    expect((await terminal.type(`deploy ${service} v2`)).exit).toBe(0);
    expect((await terminal.type(`rollback ${service}`)).out).toMatch(/^completed/);
    expect((await terminal.type(`deploy ${service} v2`)).out).toMatch(/^refused \(held\): .*rolled back to/);
    expect((await terminal.type(`release ${service} v2`)).out).toMatch(/may be rolled out again/);
    const listed = (await terminal.type(`rollouts ${service} --limit 3`)).out.split('\n');
    expect(listed).toHaveLength(4);
    // The rollback was asked for by digest, which is long.
    expect(listed.filter((line) => / order-processor [0-9a-f]{12} {2,}completed/.test(line))).toHaveLength(1);
    expect(listed.join()).not.toContain('@');
    expect((await terminal.type(`explain ${service}`)).out).toMatch(/^rollout .* of order-processor/);
    expect((await terminal.type('freeze --all')).exit).toBe(0);
    expect((await terminal.type(`freeze ${service}`)).out).toBe(`completed (frozen): ${service} is frozen.`);
    const unfrozen = (what: string) => terminal.type(`unfreeze ${what}`).then(({ out }) => out);
    expect(await unfrozen(`${service} --reason over`)).toBe(
      `completed (unfrozen): ${service} may be released again: over. All services are frozen still.`,
    );
    expect(await unfrozen(service)).toBe(`completed (unchanged): ${service} was not frozen.`);
    expect(await unfrozen('--all')).toBe(
      'completed (unfrozen): All services may be released again. A service that is frozen by itself stays so.',
    );
    expect(await unfrozen('--all')).toBe('completed (unchanged): No freeze of all services was set.');
    expect((await terminal.type('verify-history *')).out).toMatch(/3 lines,/);
  });

  /** Somebody stops the next execution of a rollout, once it has run for so long. */
  const stopLater = ({ world }: Terminal, seconds: number): void => {
    const look = async (): Promise<void> => {
      const running = [...world.cloud.stepFunctions.executions()].filter(
        ({ machine, name, status }) =>
          // What the guardian has started may run for a moment after the end that it has told.
          machine.name === 'spillway-rollout' && status === 'RUNNING' && !name.startsWith('guardian-'),
      );
      const found = running.find(({ startMs }) => world.kernel.now() - startMs >= seconds * 1_000);
      if (!found) return void world.kernel.after(100, 'somebody', look);
      await world.cloud.call('states', 'StopExecution', { executionArn: found.arn, cause: 'the wrong image' });
    };
    world.kernel.after(100, 'somebody', look);
  };

  it('tells how a rollout ended whose execution somebody stopped, by its verdict and exit code', async () => {
    const terminal = await open();
    for (const version of ['v1', 'v2']) {
      terminal.world.push(service, version);
      await terminal.world.pass(10 * minute);
    }
    await terminal.world.cloud.call('events', 'DisableRule', { Name: 'spillway-image-pushed' });
    terminal.world.push(service, 'v3');
    stopLater(terminal, 20);
    const moved = await terminal.type(`deploy ${service} v3`);
    expect(moved).toMatchObject({
      exit: 7,
      out: expect.stringMatching(/^stopped-by-hand \(taken-back\): .*wrong image/),
    });
    // Its own execution was started and waited for by another one.
    stopLater(terminal, 1);
    const back = await terminal.type(`rollback ${service}`);
    expect(back.out).toMatch(/^stopped-by-hand \((before-any-change|taken-back)\): .*wrong image/);
    expect(back.exit).toBe(7);
    stopLater(terminal, 0);
    const early = await terminal.type(`deploy ${service} v3`);
    expect(early.out).toMatch(/^stopped-by-hand \(before-any-change\): .*before it had got the service/);
    expect(early.exit).toBe(7);
    const rolloutId = early.out && (await terminal.type(`rollouts ${service} --limit 1 --json`)).out;
    expect(JSON.parse(rolloutId)).toMatchObject([{ verdict: 'stopped-by-hand', image: 'v3' }]);
    expect((await terminal.type(`explain ${service}`)).out).toMatch(/stopped-by-hand \(before-any-change\)/);
    const rules = ['spillway-execution-ended', 'spillway-guard-every-minute'];
    for (const Name of rules) await terminal.world.cloud.call('events', 'DisableRule', { Name });
    stopLater(terminal, 0);
    const fromMs = terminal.world.kernel.now();
    const untold = await terminal.type(`deploy ${service} v3 --json`);
    expect(JSON.parse(untold.out)).toMatchObject({
      verdict: 'aborted',
      cause: 'no-verdict',
      reason: `The execution ended as ABORTED (the wrong image). Its end was not recorded within 120 s; npx spillway rollouts ${service} lists it once it is.`,
    });
    expect(untold.exit).toBe(1);
    expect(terminal.world.kernel.now() - fromMs).toBeLessThan(3 * minute);
  });

  it('explains a rollout from its start to its proof, and one that went back', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    await terminal.type(`deploy ${service} v1`);
    expect(untimed((await terminal.type(`explain ${service}`)).out)).toEqual([
      `rollout … of ${service}, by ada`,
      `[StartExecution, by hand] ${service}:v1 was asked for.`,
      `[lease] ${service} begins to move to sha256:…: it is neither frozen nor held.`,
      `[RegisterTaskDefinition] Registered ${fargate}:1 (now ${fargate}-template:1) and ${external}:1 (now ${external}-template:1).`,
      `[UpdateService] ${fargate} moves to ${fargate}:1 with 0 tasks.`,
      `[event of ECS] ECS told that the deployment of ${fargate} completed.`,
      `[UpdateService] ${external} moves to ${external}:1 with 3 tasks.`,
      `[event of ECS] ECS told that the deployment of ${external} completed.`,
      `[event of ECS] The probe of ${fargate} runs.`,
      `[DescribeTasks] The probe of ${fargate} proved the release, and is stopped.`,
      `[DescribeTasks] The bake of 10 s is over: a probe proved ${fargate}, which rests at 0; ${external} runs sha256:… in 3 of 3 tasks. Alarms are quiet and no dead-letter queue has grown.`,
      `[rollout, by hand] completed (proved-by-probe): Running containers were seen with the digest: one on ${fargate}, a probe, 3 on ${external}.`,
    ]);
    terminal.world.push(service, 'v2', 'crash');
    const ended = JSON.parse((await terminal.type(`deploy ${service} v2 --json`)).out);
    const crashed = `3 tasks of the release stopped on ${external}, and 2 may; the last one stopped by itself after it had started: Essential container in task exited; ${service} exited with 1.`;
    const rolloutId = String(ended.executionArn).split(':').at(-1);
    expect(untimed((await terminal.type(`explain ${service} ${rolloutId}`)).out).slice(1)).toEqual([
      `[StartExecution, by hand] ${service}:v2 was asked for.`,
      `[lease] ${service} begins to move to sha256:…: it is neither frozen nor held.`,
      `[RegisterTaskDefinition] Registered ${fargate}:2 (now ${fargate}:1) and ${external}:2 (now ${external}:1).`,
      `[UpdateService] ${fargate} moves to ${fargate}:2 with 0 tasks.`,
      `[event of ECS] ECS told that the deployment of ${fargate} completed.`,
      `[UpdateService] ${external} moves to ${external}:2 with 3 tasks.`,
      `[event of ECS] ${crashed}`,
      `[UpdateService] ${external} goes back to ${external}:1 with 3 tasks.`,
      `[event of ECS] ECS told that the deployment of ${external} completed.`,
      `[UpdateService] ${fargate} goes back to ${fargate}:1 with 0 tasks.`,
      `[event of ECS] ECS told that the deployment of ${fargate} completed.`,
      `[rollout, by hand] rolled-back (crash-after-start): ${crashed} Every twin is back where it was.`,
    ]);
  });

  it('proves a whole history, and finds a line that was changed in the table', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    await terminal.type(`deploy ${service} v1`);
    const whole = await terminal.type(`verify-history ${service}`);
    expect(whole).toMatchObject({ exit: 0, out: expect.stringMatching(/is whole: \d+ lines/) });
    const known = /--known (\S+)/.exec(whole.out)?.[1];
    expect((await terminal.type(`verify-history ${service} --known ${known}`)).exit).toBe(0);
    await terminal.world.settle(
      terminal.world.cloud.call('dynamodb', 'UpdateItem', {
        TableName: 'spillway',
        Key: { pk: { S: `history#${service}` }, sk: { S: 'line#000000000001' } },
        UpdateExpression: 'SET actor = :who',
        ExpressionAttributeValues: { ':who': { S: 'nobody' } },
      }),
      minute,
    );
    expect(await terminal.type(`verify-history ${service}`)).toMatchObject({
      exit: 1,
      out: 'The history of order-processor is broken: line 1 was changed after it was written.',
    });
  });

  it('finds a history whose end was deleted from the table, also with what says where it ended', async () => {
    const terminal = await open();
    const remove = (sk: string): Promise<unknown> =>
      terminal.world.settle(
        terminal.world.cloud.call('dynamodb', 'DeleteItem', {
          TableName: 'spillway',
          Key: { pk: { S: `history#${service}` }, sk: { S: sk } },
        }),
        minute,
      );
    terminal.world.push(service, 'v1');
    await terminal.type(`deploy ${service} v1`);
    const lines = JSON.parse((await terminal.type(`explain ${service} --json`)).out) as { readonly number: number }[];
    const [from, to] = [lines.length - 1, lines.length];
    for (const number of [to, from]) await remove(`line#${String(number).padStart(12, '0')}`);
    expect(await terminal.type(`verify-history ${service}`)).toMatchObject({
      exit: 1,
      out: `The history of ${service} is broken: lines ${from} to ${to} are missing: the history went to line ${to} and ends at line ${from - 1}.`,
    });
    await remove('head');
    await terminal.world.pass(20 * minute);
    expect(await terminal.type(`verify-history ${service}`)).toMatchObject({
      exit: 1,
      out: expect.stringMatching(
        /is broken: no line tells the end of rollout \S+, which is recorded as completed \(proved-by-probe\) at \S+, and the history ends at line \d+\.$/,
      ),
    });
  });

  it.each([
    ['deploy nobody v1', /There is no service 'nobody'. Accepted: web-ui, orders-api, order-processor/],
    ['deploy order-processor', /missing required argument 'image'/],
    ['scale order-processor cloud 3', /There is no capacity 'cloud'. Accepted: external, fargate/],
    ['scale order-processor fargate many', /'many' is no number of tasks/],
    ['burst order-processor --tasks 0', /'0' is no number of tasks. Accepted: a whole number, at least 1/],
    ['burst order-processor --for soon', /'soon' is no number of seconds. Accepted: 1 to 86400/],
    ['burst order-processor --tasks NaN', /'NaN' is no number of tasks. Accepted: a whole number, at least 1/],
    ['burst order-processor --for 10min', /'10min' is no number of seconds. Accepted: 1 to 86400/],
    ['burst order-processor --for 0', /'0' is no number of seconds. Accepted: 1 to 86400/],
    ['burst till', /There is no service 'till'. Accepted: web-ui, orders-api, order-processor/],
    ['recall till', /There is no service 'till'. Accepted: web-ui, orders-api, order-processor/],
    ['recall order-processor --for 86401', /'86401' is no number of seconds. Accepted: 1 to 86400/],
    ['freeze', /Say what to freeze: a service or --all/],
    ['freeze order-processor --all', /Say what to freeze: a service or --all/],
    ['rollouts order-processor --limit 0', /'0' is no number of rollouts. Accepted: 1 to 100/],
    ['explain order-processor r-1', /Nothing is recorded of 'r-1' in order-processor/],
    ['verify-history order-processor --known 3', /'3' is no known line/],
    ['explode', /unknown command 'explode'/],
    ['status --jsno', /unknown option '--jsno'[\s\S]*--help after the command says what it accepts\./],
  ])('refuses %j with a sentence and exit code 2', async (line, sentence) => {
    const said = await (await open()).type(line);
    expect(said).toMatchObject({ exit: 2, out: '' });
    expect(said.progress).toMatch(sentence);
  });

  it('keeps every image held that a person holds, and says what to release where there are 50', async () => {
    const terminal = await open();
    terminal.world.push(service, 'v1');
    await terminal.type(`deploy ${service} v1`);
    const broken = terminal.world.push(service, 'v2', 'crash');
    expect((await terminal.type(`deploy ${service} v2`)).exit).toBe(1);
    // What the rollout has left is the person's from now on.
    const taken = await terminal.type(`hold ${service} v2 --reason mine`);
    expect(taken.out).toMatch(/^completed \(held\): .* is held: mine\.$/);
    const digest = (index: number): string => `sha256:${String(index).padStart(64, '0')}`;
    for (let index = 1; index < 50; index += 1) await terminal.type(`hold ${service} ${digest(index)} --no-wait`);
    await terminal.world.pass(minute);
    const full = await terminal.type(`hold ${service} ${digest(50)}`);
    expect(full.exit).toBe(2);
    expect(full.out).toMatch(
      new RegExp(
        `^refused \\(invalid-input\\): ${service} has 50 images that people hold, .* The oldest is ${broken}, held by ada at .* \\(mine\\)\\.$`,
      ),
    );
    expect((await terminal.type(`release ${service} ${broken.slice(7, 19)}`)).out).toMatch(/^completed \(released\)/);
    expect((await terminal.type(`hold ${service} ${digest(50)}`)).exit).toBe(0);
    expect((await terminal.type(`status ${service}`)).out.match(/ held: /g)).toHaveLength(50);
  });

  it('shows in its status what keeps a service from being rolled out, by whom and why, each in one line', async () => {
    const changed: ConfigurationInput = {
      ...configuration,
      services: {
        ...configuration.services,
        [service]: { ...configuration.services[service], rollout: { approval: { deadlineSeconds: 7_200 } } },
      } as ConfigurationInput['services'],
    };
    const terminal = new Terminal(
      await VirtualWorld.boot(await prepareWorlds(defineConfiguration(changed)), { seed: 1 }),
    );
    const { world } = terminal;
    const kept = async (line: string): Promise<string[]> =>
      (await terminal.type(line)).out
        .split('\n')
        .filter((each) => /frozen|held|waits for|person/.test(each))
        .map((each) =>
          each
            .trim()
            .replaceAll(/[0-9a-f]{12}/g, '…')
            .replaceAll(/\d{4}-\S+ [\d:]{8}/g, 'then'),
        );
    expect(await kept('status')).toEqual([]);
    for (const version of ['v1', 'v2', 'v3', 'v4', 'v5']) world.push(service, version);
    await world.pass(2 * minute);
    for (const version of ['v2', 'v3', 'v4', 'v5'])
      await terminal.type(`hold ${service} ${version} --reason bad-${version}`);
    const froze = await terminal.type(`freeze ${service} --reason month\nend\u001b[31m`);
    expect(froze.out).toBe(`completed (frozen): ${service} is frozen: month end [31m.`);
    expect(froze.progress).toMatch(/ is frozen: month end \[31m\.$/);
    await terminal.type('freeze --all');
    const frozen = ['frozen with all services by ada since then', 'frozen by ada since then: month end [31m'];
    const held = ['v5', 'v4', 'v3', 'v2'].map((version) => `held: … by ada since then: bad-${version}`);
    const waits = (lines: readonly string[]): string[] => lines.filter((each) => each.startsWith('waits for'));
    const all = await kept(`status ${service}`);
    expect(all.filter((each) => !each.startsWith('waits for'))).toEqual([...frozen, ...held]);
    expect(waits(all)).toHaveLength(5);
    for (const each of waits(all))
      expect(each).toMatch(
        /^waits for an approval of order-processor:v\d \(…\), asked for by push at then: npx spillway approve order-processor --rollout \S+, or deny$/,
      );
    expect(await kept('status')).toEqual([
      'frozen with all services by ada since then',
      'frozen with all services by ada since then',
      ...frozen,
      ...waits(all),
      ...held.slice(0, 3),
      `held: 1 more: npx spillway status ${service}`,
    ]);
    const [told] = JSON.parse((await terminal.type(`status ${service} --json`)).out).services;
    expect(told.blocks).toEqual(
      expect.arrayContaining([
        { kind: 'frozen', services: 'all', by: 'ada', at: expect.any(String), reason: '' },
        { kind: 'frozen', services: 'this', by: 'ada', at: expect.any(String), reason: 'month\nend\u001b[31m' },
        expect.objectContaining({ kind: 'waits', for: 'approval', image: `${service}:v5` }),
        expect.objectContaining({
          kind: 'held',
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          reason: 'bad-v2',
        }),
      ]),
    );
    for (const { rolloutId, image } of told.blocks.filter(({ kind }: { readonly kind: string }) => kind === 'waits'))
      if (!image.endsWith(':v5')) await terminal.type(`deny ${service} --rollout ${rolloutId}`);
    expect(waits(await kept(`status ${service}`))).toEqual([
      `waits for an approval of ${service}:v5 (…), asked for by push at then: npx spillway approve ${service}, or deny`,
    ]);
    terminal.columns = 60;
    const narrow = (await terminal.type(`status ${service}`)).out.split('\n');
    expect(Math.max(...narrow.map((line) => line.length))).toBe(60);
    terminal.columns = undefined;
    // What was stopped while it waited is not told to wait.
    for (const { arn, status } of world.cloud.stepFunctions.executions())
      if (status === 'RUNNING')
        await world.settle(world.cloud.call('states', 'StopExecution', { executionArn: arn }), minute);
    expect(waits(await kept(`status ${service}`))).toEqual([]);
  });

  it('starts a burst by hand and recalls it, and says why where it cannot', async () => {
    const terminal = await open();
    expect((await terminal.type(`burst ${service}`)).exit).toBe(2);
    expect((await terminal.type(`bursts ${service}`)).out).toMatch(
      /refused \(never-released\) .* order-processor has no release yet: push an image first\.$/,
    );
    expect(untimed((await terminal.type(`explain ${service}`)).out)).toHaveLength(2);
    terminal.world.push(service, 'v1');
    await terminal.world.pass(5 * minute);
    expect(await terminal.type(`recall ${service}`)).toMatchObject({
      exit: 2,
      out: `refused (invalid-input): ${service} has no burst to recall; with "for" (seconds) no signal starts one for that long.`,
    });
    expect((await terminal.type(`burst ${service} --tasks 9`)).out).toMatch(
      /^refused \(invalid-input\): 9 tasks were asked for, and order-processor may have 8 in Fargate/,
    );
    await terminal.type(`burst ${service} --tasks 2 --for 3600 --no-wait`);
    await terminal.world.pass(2 * minute);
    expect((await terminal.world.twin(`${service}-fargate`)).running).toBe(2);
    // Five were asked for and are not there: a script must not take that for done.
    expect(await terminal.type(`burst ${service} --tasks 5`)).toMatchObject({
      exit: 3,
      out: expect.stringMatching(/^joined \(already-bursting\): .*this start changed nothing\.$/),
    });
    const recalled = await terminal.type(`recall ${service} --for 60 --reason dear --json`);
    expect(recalled.exit).toBe(0);
    expect(JSON.parse(recalled.out)).toMatchObject({
      succeeded: true,
      verdict: 'completed',
      cause: 'recalled',
      reason: expect.stringMatching(
        /^Burst \S+ is recalled at its next look, and both twins go back to their base; no signal/,
      ),
    });
    await terminal.world.pass(minute);
    expect((await terminal.world.twin(`${service}-fargate`)).desired).toBe(0);
    const [burst] = JSON.parse((await terminal.type(`bursts ${service} --json`)).out) as {
      cause: string;
      reason: string;
    }[];
    expect(burst).toMatchObject({ cause: 'by-hand', reason: expect.stringContaining('ada recalled it: dear.') });
    const timed = await terminal.type(`burst ${service} --tasks 1 --for 60`);
    const story = untimed((await terminal.type(`explain ${service}`)).out);
    const idle = 'No message waits, 0 in work; about 0 a second arrive';
    expect(story.slice(1, -2).map((line) => line.replace(/until [\dT:.-]+Z/, 'until …'))).toEqual([
      '[StartExecution, by hand] ada asked for a burst, with 1 Fargate task until ….',
      `[look at the queue] ${idle}: 1 task in Fargate was asked for; Fargate 0 → 1.`,
      '[look at the queue] The first Fargate task works.',
      '[look at the queue] The last Fargate tasks are given back.',
      `[look at the queue] ${idle}: the time that was asked for is over; Fargate 1 → 0.`,
      `[burst] recalled (time-over): ${idle}. The time that was asked for is over, and both twins are at their base.`,
    ]);
    expect(story.at(-2)).toMatch(/^\[burst\] Ledger: \d+ s of Fargate paid for .* no pick-up was counted\.$/);
    expect(story.at(-1)).toMatch(
      /^\[burst\] The same 0 messages with others, as reckoned: target tracking, 1 min \$0\.0000 /,
    );
    expect(await terminal.type(`verify-history ${service}`)).toMatchObject({ exit: 0 });
    expect(timed).toMatchObject({ exit: 0, out: expect.stringMatching(/^recalled \(time-over\): /) });
  });

  it('lists bursts and what was refused with its reason, and shows one with its ledger, its moments and a chart', async () => {
    const terminal = await open();
    const { world } = terminal;
    expect(await terminal.type(`bursts ${service}`)).toEqual({
      out: `${service} has not burst yet.`,
      progress: '',
      exit: 0,
    });
    expect((await terminal.type('bursts web-ui')).out).toContain("web-ui has no 'burst' in spillway.config.ts");
    for (const name of ['orders-api', service]) world.push(name, 'v1');
    await world.pass(10 * minute);
    const order = (index: number, residency: string): Promise<unknown> =>
      world.request('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `${residency}-${index}` },
        body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }], residency }),
      });
    const orders = (count: number, residency: string): Promise<unknown> =>
      world.settle(Promise.all(Array.from({ length: count }, (_, index) => order(index, residency))), minute);
    await orders(90, 'onprem');
    await world.pass(3 * minute);
    const refused = await terminal.type(`bursts ${service}`);
    expect(refused.out).toMatch(/refused \(bound-to-premises\) +saturation .*orders-onprem had waited for [\d.]+ s/);
    expect(refused.out.split('\n')).toHaveLength(2);
    const [id] = /refused-orders-onprem-\d+/.exec(refused.out) ?? [];
    const shown = await terminal.type(`bursts ${service} ${id}`);
    expect(shown.out).toContain('no Fargate task may read it');
    expect(shown.out).not.toContain('ledger');

    await orders(600, 'any');
    await world.pass(15 * minute);
    const folder = mkdtempSync(join(tmpdir(), 'spillway-chart-'));
    try {
      const chart = join(folder, 'burst.svg');
      const one = await terminal.type(`bursts ${service} newest --chart ${chart}`);
      expect(one.exit).toBe(0);
      expect(one.out).toMatch(/recalled \(calm\), by (saturation|alarm)/);
      for (const kind of ['signal', 'decision', 'first Fargate task', 'peak', 'drain', 'recall', 'end'])
        expect(one.out).toMatch(new RegExp(`\\d\\d:\\d\\d:\\d\\d +\\+\\d+ s +${kind}`));
      expect(one.out).toMatch(/Fargate +\d+ s paid: \d+ used, \d+ starting, \d+ idle, \d+ after the stop/);
      expect(one.out).toMatch(/picked up +\d+ messages/);
      expect(one.out).toMatch(/least possible +\d+ +\$/);
      expect(one.out).toMatch(/target tracking, 1 min +\d+ +\$/);
      expect(one.out).toMatch(/KEDA, defaults +\d+ +\$/);
      const svg = readFileSync(chart, 'utf8');
      expect(svg).toMatch(/>first Fargate task \d+ s</);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      const json = JSON.parse((await terminal.type(`bursts ${service} newest --json`)).out);
      const { comparison, fargateSeconds } = json.burst.ledger;
      expect(fargateSeconds.paid).toBeGreaterThanOrEqual(comparison.boundFargateSeconds);
      // Six hundred were sent; a look so soon after the recall still estimates what the tasks that are gone have picked up.
      expect(json.burst.ledger.pickUps.messages).toBe(600);
      expect(Math.abs(comparison.messages - 600)).toBeLessThanOrEqual(30);
      expect(json.points.length).toBe(json.burst.ledger.looks);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const listed = await terminal.type(`bursts ${service} --limit 1 --json`);
    expect(JSON.parse(listed.out)).toHaveLength(1);
  });

  it.each([
    ['bursts till', /There is no service 'till'/],
    [`bursts ${service} --limit 0`, /'0' is no number of bursts. Accepted: 1 to 100\./],
    [`bursts ${service} b404`, /order-processor has no burst 'b404'\. It never burst\./],
    [`bursts ${service} --chart x.svg`, /A chart is of one burst: name it after the service, or 'newest'\./],
  ])('refuses `%s` with a sentence', async (line, sentence) => {
    const said = await (await open()).type(line);
    expect(said.exit).toBe(2);
    expect(said.progress).toMatch(sentence);
  });
});

describe('the command line where Spillway is not deployed', () => {
  it.each([
    ['status', 'ResourceNotFoundException: Requested resource not found'],
    ['rollouts order-processor', 'ResourceNotFoundException: Requested resource not found'],
    ['bursts order-processor', 'ResourceNotFoundException: Requested resource not found'],
    ['explain order-processor', 'ResourceNotFoundException: Requested resource not found'],
    ['verify-history order-processor', 'ResourceNotFoundException: Requested resource not found'],
    ['plan order-processor v1', 'There is no state machine spillway-operate.'],
    ['deploy order-processor v1', 'There is no state machine spillway-rollout.'],
    ['freeze order-processor --reason stocktaking', 'There is no state machine spillway-operate.'],
  ])('%s: says so, and where it looked', async (line, answer) => {
    const cloud = emptyCloud();
    const clients = virtualClients(
      cloud,
      () => cloud.operator,
      () => true,
    );
    const said: string[] = [];
    const codes: number[] = [];
    const ended = runProgram(
      {
        configuration: async () => configuration,
        connection: () => ({ ...clients, to: 'AWS, eu-west-1' }) as unknown as ReturnType<Context['connection']>,
        clock: { now: () => 0, sleep: async () => undefined },
        out: (text) => said.push(text),
        progress: (text) => said.push(text),
        actor: 'ada',
        exit: (code) => codes.push(code),
      },
      line.split(' '),
    );
    await (cloud.kernel as VirtualKernel).run({ untilMs: cloud.kernel.now() + minute, done: () => codes.length > 0 });
    await ended;
    expect(said.at(-1)).toMatch(/^Spillway is not deployed in AWS, eu-west-1: see docs\/install\.md\. \(/);
    expect(said.at(-1)).toContain(answer);
    expect(codes).toEqual([1]);
  });
});
