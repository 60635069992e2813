import { describe, expect, it } from 'vitest';
import {
  deadlockOf,
  type FitFacts,
  fitsInPlace,
  judgeFit,
  type ObservedMachine,
  stoppableFirst,
  type TaskNeed,
} from './judge-fit.ts';

const task: TaskNeed = { cpuUnits: 512, memoryMiB: 1024, hostPorts: [], architecture: 'x86_64' };
const machine: ObservedMachine = {
  name: 'mi-1',
  connected: true,
  architecture: 'x86_64',
  freeCpuUnits: 512,
  freeMemoryMiB: 1024,
  usedCpuUnits: 512,
  usedMemoryMiB: 1024,
  takenPorts: ['22/tcp'],
};
/** Beside the old tasks alone: three must stay, and four may run. */
const startsFirst: FitFacts = {
  twin: 'shop-external',
  task,
  old: task,
  desiredCount: 3,
  runningCount: 3,
  pendingCount: 0,
  percents: { minimumHealthyPercent: 100, maximumPercent: 150 },
  machines: [machine],
};
/** In the place of one of the two old tasks alone. */
const stopsFirst: FitFacts = {
  ...startsFirst,
  desiredCount: 2,
  runningCount: 2,
  percents: { minimumHealthyPercent: 50, maximumPercent: 100 },
};
const verdictOf = (facts: FitFacts): string => {
  const judgement = judgeFit(facts);
  return judgement.kind === 'no-fit' ? judgement.cause : judgement.kind;
};

describe('the external fit', () => {
  it('lets a service fit in its place where nothing is to run, and not where something is and nothing ran', () => {
    expect(fitsInPlace({ ...stopsFirst, old: undefined, desiredCount: 0 })).toBe(true);
    expect(fitsInPlace({ ...stopsFirst, old: undefined, desiredCount: 1 })).toBe(false);
  });

  it('asks for CPU up to the last unit', () => {
    expect(verdictOf(startsFirst)).toBe('fits');
    expect(verdictOf({ ...startsFirst, machines: [{ ...machine, freeCpuUnits: 511 }] })).toBe('no-fit-cpu');
  });

  it('asks for memory up to the last MiB', () => {
    expect(verdictOf({ ...startsFirst, machines: [{ ...machine, freeMemoryMiB: 1023 }] })).toBe('no-fit-memory');
  });

  it('asks for every host port, by its protocol', () => {
    const wants = { ...startsFirst, task: { ...task, hostPorts: ['8080/tcp'] } };
    const taken = (port: string) => ({ ...wants, machines: [{ ...machine, takenPorts: ['22/tcp', port] }] });
    expect(verdictOf(wants)).toBe('fits');
    expect(verdictOf(taken('8080/tcp'))).toBe('no-fit-port');
    expect(verdictOf(taken('8080/udp'))).toBe('fits');
  });

  it('asks for the architecture', () => {
    expect(verdictOf({ ...startsFirst, task: { ...task, architecture: 'arm64' } })).toBe('no-fit-architecture');
    const arm = { ...machine, architecture: 'arm64' };
    expect(verdictOf({ ...startsFirst, task: { ...task, architecture: 'arm64' }, machines: [arm] })).toBe('fits');
  });

  it('is found on any machine, and told by the closest one that has none', () => {
    const full = { ...machine, freeCpuUnits: 0 };
    const tight = { ...machine, name: 'mi-2', freeMemoryMiB: 0 };
    expect(verdictOf({ ...startsFirst, machines: [full, machine] })).toBe('fits');
    expect(verdictOf({ ...startsFirst, machines: [full, tight] })).toBe('no-fit-memory');
  });

  it('does not add up what is free on several machines', () => {
    const half = { ...machine, freeCpuUnits: 256, freeMemoryMiB: 512 };
    expect(verdictOf({ ...startsFirst, machines: [half, half] })).toBe('no-fit-cpu');
  });

  it('counts only connected machines, and says nothing of a site that is away', () => {
    const lost = { ...machine, connected: false };
    expect(verdictOf({ ...startsFirst, machines: [lost, { ...machine, freeCpuUnits: 0 }] })).toBe('no-fit-cpu');
    expect(verdictOf({ ...startsFirst, machines: [lost] })).toBe('away');
    expect(verdictOf({ ...startsFirst, machines: [] })).toBe('away');
  });

  it('counts what one old task leaves as free where one may stop first', () => {
    const full = { ...machine, freeCpuUnits: 0, freeMemoryMiB: 0 };
    const bigger = { ...task, cpuUnits: 600, memoryMiB: 1024 };
    expect(verdictOf({ ...stopsFirst, machines: [full] })).toBe('fits');
    expect(verdictOf({ ...startsFirst, machines: [full] })).toBe('no-fit-cpu');
    expect(verdictOf({ ...stopsFirst, task: bigger, machines: [{ ...full, freeCpuUnits: 88 }] })).toBe('fits');
    expect(verdictOf({ ...stopsFirst, task: bigger, machines: [{ ...full, freeCpuUnits: 87 }] })).toBe('no-fit-cpu');
  });

  it('counts as many old tasks as may stop and as can be on the machine', () => {
    const bigger = { ...task, cpuUnits: 1024 };
    const both = { ...machine, freeCpuUnits: 0, usedCpuUnits: 1024, usedMemoryMiB: 2048 };
    const facts = { ...stopsFirst, desiredCount: 4, runningCount: 4, task: bigger };
    expect(verdictOf({ ...facts, machines: [both] })).toBe('fits');
    expect(verdictOf({ ...facts, machines: [{ ...both, usedCpuUnits: 1023 }] })).toBe('no-fit-cpu');
    const oneMayStop = { ...facts, percents: { minimumHealthyPercent: 75, maximumPercent: 100 } };
    expect(verdictOf({ ...oneMayStop, machines: [both] })).toBe('no-fit-cpu');
  });

  it('frees the host ports of an old task that may stop first', () => {
    const on8080 = { ...task, hostPorts: ['8080/tcp'] };
    const taken = { ...machine, freeCpuUnits: 512, takenPorts: ['8080/tcp'] };
    const bigger = { ...on8080, cpuUnits: 600 };
    expect(verdictOf({ ...stopsFirst, task: bigger, old: on8080, machines: [taken] })).toBe('fits');
    expect(verdictOf({ ...startsFirst, task: on8080, old: on8080, machines: [taken] })).toBe('no-fit-port');
    // The port is somebody else's.
    expect(verdictOf({ ...stopsFirst, task: bigger, old: task, machines: [taken] })).toBe('no-fit-port');
  });

  it('asks no machine where nothing is to be placed, or the new task takes no more than an old one leaves', () => {
    expect(verdictOf({ ...startsFirst, desiredCount: 0, runningCount: 0, machines: [] })).toBe('fits');
    expect(fitsInPlace(stopsFirst)).toBe(true);
    expect(fitsInPlace(startsFirst)).toBe(false);
    expect(fitsInPlace({ ...stopsFirst, old: undefined })).toBe(false);
    expect(fitsInPlace({ ...stopsFirst, task: { ...task, cpuUnits: 513 } })).toBe(false);
    expect(fitsInPlace({ ...stopsFirst, task: { ...task, memoryMiB: 1025 } })).toBe(false);
    expect(fitsInPlace({ ...stopsFirst, task: { ...task, hostPorts: ['8080/tcp'] } })).toBe(false);
    expect(fitsInPlace({ ...stopsFirst, task: { ...task, architecture: 'arm64' } })).toBe(false);
  });

  it('asks for room for the first task where none runs yet', () => {
    const first = { ...startsFirst, old: undefined, runningCount: 0 };
    expect(verdictOf(first)).toBe('fits');
    expect(verdictOf({ ...first, machines: [{ ...machine, freeCpuUnits: 511 }] })).toBe('no-fit-cpu');
  });

  it('says what was wanted and what there is', () => {
    expect(judgeFit({ ...startsFirst, machines: [{ ...machine, freeCpuUnits: 300 }] })).toMatchObject({
      reason:
        'A task of shop-external takes 512 CPU units, and of 1 connected machine none has more than 300 free, and no old task may stop first.',
    });
    const stopping = { ...stopsFirst, task: { ...task, cpuUnits: 2048 } };
    expect(judgeFit({ ...stopping, desiredCount: 4, runningCount: 4 })).toMatchObject({
      reason:
        'A task of shop-external takes 2048 CPU units, and of 1 connected machine none has more than 512 free, even when 2 of 4 old tasks stop first.',
    });
    expect(judgeFit(stopping)).toMatchObject({
      reason:
        'A task of shop-external takes 2048 CPU units, and of 1 connected machine none has more than 512 free, even when 1 of 2 old tasks stops first.',
    });
  });

  it('rounds what must stay up', () => {
    const percents = { minimumHealthyPercent: 50, maximumPercent: 100 };
    expect(stoppableFirst({ desiredCount: 3, runningCount: 3, pendingCount: 0, percents })).toBe(1);
    expect(stoppableFirst({ desiredCount: 1, runningCount: 1, pendingCount: 0, percents })).toBe(0);
    expect(stoppableFirst({ desiredCount: 3, runningCount: 1, pendingCount: 0, percents })).toBe(0);
  });

  it('counts what is pending as free, since it leaves as soon as its deployment is replaced', () => {
    // Swarm seed 1961: the task that a killed rollout had just started had the last machine.
    const wants = { ...startsFirst, task: { ...task, memoryMiB: 1_025 }, old: { ...task, memoryMiB: 2_048 } };
    const full = { ...machine, freeCpuUnits: 0, freeMemoryMiB: 0, usedMemoryMiB: 2_048 };
    expect(verdictOf({ ...wants, machines: [full] })).toBe('no-fit-cpu');
    expect(verdictOf({ ...wants, machines: [full], pendingCount: 1 })).toBe('fits');
    expect(stoppableFirst({ ...startsFirst, pendingCount: 1 })).toBe(1);
    // Fewer run than must stay: none of those may stop, and what is pending leaves all the same.
    expect(stoppableFirst({ ...startsFirst, runningCount: 1, pendingCount: 2 })).toBe(2);
    expect(stoppableFirst({ ...stopsFirst, pendingCount: 2 })).toBe(3);
    const bigger = { ...startsFirst, task: { ...task, cpuUnits: 2_048 }, pendingCount: 1 };
    expect(judgeFit(bigger).reason).toBe(
      'A task of shop-external takes 2048 CPU units, and of 1 connected machine none has more than 512 free, even when 1 of 4 old tasks stops first.',
    );
  });

  it('tells whether a machine that does not answer would have room', () => {
    // Swarm seed 255: the agent of the only machine with room flapped.
    const full = { ...machine, freeMemoryMiB: 0 };
    const away = { ...machine, connected: false };
    expect(judgeFit({ ...startsFirst, machines: [full, away] })).toMatchObject({ kind: 'no-fit', ifBack: true });
    expect(judgeFit({ ...startsFirst, machines: [full, { ...full, connected: false }] })).toMatchObject({
      ifBack: false,
    });
    expect(judgeFit({ ...startsFirst, machines: [full] })).toMatchObject({ kind: 'no-fit', ifBack: false });
    expect(judgeFit({ ...startsFirst, machines: [full, away, machine] })).toMatchObject({ kind: 'fits' });
  });

  it('says for each obstacle what would have to be there', () => {
    const reasonOf = (more: Partial<FitFacts>): string => judgeFit({ ...startsFirst, ...more }).reason;
    const arm = { ...machine, name: 'mi-2', architecture: 'arm64', freeCpuUnits: 4_096 };
    expect(reasonOf({ task: { ...task, architecture: 'riscv' }, machines: [machine, arm] })).toBe(
      'A task of shop-external is built for riscv, and none of 2 connected machines is, and no old task may stop first.',
    );
    // What machines of another architecture have free is of no use.
    const small = [{ ...machine, freeCpuUnits: 100 }, { ...machine, freeCpuUnits: 300 }, arm];
    expect(reasonOf({ machines: small })).toBe(
      'A task of shop-external takes 512 CPU units, and of 3 connected machines none has more than 300 free, and no old task may stop first.',
    );
    expect(reasonOf({ machines: [{ ...machine, freeMemoryMiB: 0 }] })).toBe(
      'A task of shop-external takes 1024 MiB of memory, and of 1 connected machine none with enough CPU has it free, and no old task may stop first.',
    );
    const hostPorts = ['22/tcp', '80/tcp'];
    expect(reasonOf({ task: { ...task, hostPorts } })).toBe(
      'A task of shop-external takes the host ports 22/tcp, 80/tcp, and on each of 1 connected machine that has room one of them is taken, and no old task may stop first.',
    );
    expect(
      reasonOf({
        machines: [
          { ...machine, connected: false },
          { ...machine, connected: false },
        ],
      }),
    ).toBe('None of the 2 machines for shop-external is connected.');
  });

  it('says why a task fits', () => {
    expect(judgeFit({ ...startsFirst, desiredCount: 0, machines: [] })).toEqual({
      kind: 'fits',
      reason: 'shop-external rests at desired count 0: no task is to be placed.',
    });
    expect(judgeFit({ ...stopsFirst, machines: [] })).toEqual({
      kind: 'fits',
      reason: 'A task of shop-external stops first, and the new one takes no more than it leaves.',
    });
    expect(judgeFit(startsFirst)).toEqual({ kind: 'fits', reason: 'A task of shop-external finds room on mi-1.' });
  });

  it('takes the ports of the old task for free only where all of them are taken on the machine', () => {
    const old = { ...task, hostPorts: ['8080/tcp', '8081/tcp'] };
    const wants = { ...stopsFirst, old, task: { ...old, cpuUnits: 600 } };
    const there = { ...machine, takenPorts: ['8080/tcp', '8081/tcp'] };
    expect(verdictOf({ ...wants, machines: [there] })).toBe('fits');
    // Only one of them is taken: the old task is not on this machine, and the port is somebody else's.
    expect(verdictOf({ ...wants, machines: [{ ...there, freeCpuUnits: 600, takenPorts: ['8080/tcp'] }] })).toBe(
      'no-fit-port',
    );
    expect(fitsInPlace({ ...stopsFirst, old, task: old })).toBe(true);
    expect(fitsInPlace({ ...stopsFirst, old, task: { ...old, hostPorts: ['8080/tcp', '9090/tcp'] } })).toBe(false);
  });

  it('counts old tasks on a machine by memory too, and none of a task that takes nothing', () => {
    const bigger = { ...task, memoryMiB: 2_048 };
    const facts = { ...stopsFirst, desiredCount: 4, runningCount: 4, task: bigger };
    const full = { ...machine, freeMemoryMiB: 0, usedCpuUnits: 1_024, usedMemoryMiB: 2_048 };
    expect(verdictOf({ ...facts, machines: [full] })).toBe('fits');
    expect(verdictOf({ ...facts, machines: [{ ...full, usedMemoryMiB: 2_047 }] })).toBe('no-fit-memory');
    // Of a task without a reservation of CPU the memory alone tells how many there may be, and the other way round.
    const noCpu = { ...task, cpuUnits: 0 };
    expect(verdictOf({ ...facts, old: noCpu, machines: [full] })).toBe('fits');
    const noMemory = { ...task, memoryMiB: 0 };
    const takes = { ...task, cpuUnits: 1_024 };
    expect(
      verdictOf({
        ...facts,
        old: noMemory,
        task: takes,
        machines: [{ ...full, freeCpuUnits: 0, freeMemoryMiB: 1_024 }],
      }),
    ).toBe('fits');
    const nothing = { ...task, cpuUnits: 0, memoryMiB: 0, hostPorts: ['22/tcp'] };
    expect(verdictOf({ ...facts, old: nothing, task: { ...nothing, memoryMiB: 1 } })).toBe('no-fit-port');
  });

  it('says why a deployment could never move, and nothing where it can', () => {
    const stuck = {
      twin: 'shop-external',
      desiredCount: 1,
      percents: { minimumHealthyPercent: 50, maximumPercent: 150 },
    };
    expect(deadlockOf(stuck)).toBe(
      'At its count of 1 ECS could neither stop nor start a task of shop-external: 50 % must stay healthy and 150 % may run, which both are 1.',
    );
    expect(deadlockOf({ ...stuck, desiredCount: 2 })).toBeUndefined();
  });
});
