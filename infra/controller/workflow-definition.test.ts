// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of state machines look like JavaScript's.

import { describe, expect, test } from 'vitest';
import { readWorkflow } from './workflow-definition.ts';

const folders = ['admit-rollout', 'move-twin'];

const machine = (...tasks: readonly { Resource: string; Arguments: Record<string, unknown> }[]): string =>
  JSON.stringify({
    StartAt: 'Task 0',
    States: {
      'In parallel': {
        Type: 'Parallel',
        Branches: [
          {
            States: Object.fromEntries(tasks.map((task, index) => [`Task ${index}`, { Type: 'Task', ...task }])),
          },
        ],
      },
    },
  });

const invoke = (FunctionName: string) => ({ Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName } });
const start = (suffix: string, StateMachineArn: string) => ({
  Resource: `arn:aws:states:::states:startExecution${suffix}`,
  Arguments: { StateMachineArn },
});

describe('placeholders of a state machine', () => {
  test('name functions in Pascal case and state machines by their last word', () => {
    const text = machine(
      invoke('${AdmitRolloutFunctionArn}'),
      invoke('${MoveTwinFunctionArn}'),
      start('', '${BurstStateMachineArn}'),
    );
    const definition = readWorkflow('rollout', text, folders);
    expect(Object.fromEntries(definition.functions)).toEqual({
      AdmitRolloutFunctionArn: 'admit-rollout',
      MoveTwinFunctionArn: 'move-twin',
    });
    expect(Object.fromEntries(definition.starts)).toEqual({ BurstStateMachineArn: 'burst' });
    expect(definition.waitsFor).toEqual([]);
  });

  test('a misspelt one is refused, with what would be accepted', () => {
    expect(() => readWorkflow('rollout', machine(invoke('${MoveTwinsFunctionArn}')), folders)).toThrow(
      'state-machines/rollout.asl.json has the placeholder ${MoveTwinsFunctionArn}, which nothing is substituted for; ' +
        'it may name a function (admit-rollout, move-twin)',
    );
  });

  test('a task that names its target without one is refused, at any depth', () => {
    expect(() => readWorkflow('burst', machine(invoke('spillway-move-twin')), folders)).toThrow(
      "the task 'Task 0' has spillway-move-twin as its FunctionName",
    );
    expect(() => readWorkflow('burst', machine(start('', '${MoveTwinFunctionArn}')), folders)).toThrow(
      "the task 'Task 0' has ${MoveTwinFunctionArn} as its StateMachineArn",
    );
  });

  test('a task that no grant is known for is refused', () => {
    const send = { Resource: 'arn:aws:states:::sqs:sendMessage', Arguments: {} };
    expect(() => readWorkflow('operate', machine(send), folders)).toThrow(
      "the task 'Task 0' has the resource arn:aws:states:::sqs:sendMessage, for which no grant is known",
    );
  });

  test('an execution that is waited for is told from one that is only started', () => {
    const text = machine(start('.sync:2', '${RolloutStateMachineArn}'), start('', '${BurstStateMachineArn}'));
    expect(readWorkflow('operate', text, folders).waitsFor).toEqual(['rollout']);
  });
});
