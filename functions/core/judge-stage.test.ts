import { describe, expect, it } from 'vitest';
import { judgeStage, stageReason } from './judge-stage.ts';

const freeze = { by: 'ada', at: '2026-11-28T09:00:00.000Z', reason: 'month end' };
const open = { enabled: true, disabledReason: undefined };
const held = (disabledReason: string | undefined) => ({ enabled: false, disabledReason });

describe('the reason for which a stage is held', () => {
  it.each([
    ['month end', 'Frozen by Spillway - month end'],
    ['', 'Frozen by Spillway'],
    ['  ', 'Frozen by Spillway'],
    ['month   end', 'Frozen by Spillway - month end'],
    ['Großer Umbau: très_tard, "heute"\n(#7)\t', 'Frozen by Spillway - Gro-er Umbau- tres-tard- -heute- (-7)'],
    ['ask ops@example.com! Why? *', 'Frozen by Spillway - ask ops@example.com! Why? *'],
    ['月末', 'Frozen by Spillway - --'],
    ['🧊 ice', 'Frozen by Spillway - - ice'],
  ])('has only the letters that CodePipeline takes: %j', (reason, expected) => {
    expect(stageReason({ reason })).toBe(expected);
    expect(expected).toMatch(/^[a-zA-Z0-9!@ ().*?-]+$/);
  });

  it('is cut to the 300 letters that CodePipeline takes', () => {
    const prefix = 'Frozen by Spillway - '.length;
    expect(stageReason({ reason: 'x'.repeat(300 - prefix) })).toHaveLength(300);
    expect(stageReason({ reason: 'x'.repeat(301 - prefix) })).toHaveLength(300);
    expect(stageReason({ reason: 'x'.repeat(299 - prefix) })).toHaveLength(299);
  });
});

describe('the stage of a pipeline', () => {
  it('is held while its service is frozen', () => {
    expect(judgeStage(freeze, open)).toEqual({ kind: 'hold', reason: 'Frozen by Spillway - month end' });
    expect(judgeStage(freeze, held('Frozen by Spillway - month end'))).toEqual({ kind: 'leave', heldFor: undefined });
  });

  it('tells the freeze that covers it now', () => {
    expect(judgeStage(freeze, held('Frozen by Spillway - another'))).toEqual({
      kind: 'hold',
      reason: 'Frozen by Spillway - month end',
    });
  });

  it('is opened where no freeze covers it any more', () => {
    expect(judgeStage(undefined, held('Frozen by Spillway - month end'))).toEqual({ kind: 'open' });
    expect(judgeStage(undefined, held('Frozen by Spillway'))).toEqual({ kind: 'open' });
    expect(judgeStage(undefined, open)).toEqual({ kind: 'leave', heldFor: undefined });
    // What was said before it was opened last says nothing of now.
    expect(judgeStage(undefined, { enabled: true, disabledReason: 'Frozen by Spillway' })).toEqual({
      kind: 'leave',
      heldFor: undefined,
    });
  });

  it.each([
    ['closed by the release manager', 'closed by the release manager'],
    ['Not Frozen by Spillway', 'Not Frozen by Spillway'],
    [undefined, ''],
  ])('is left to whoever else holds it: %j', (disabledReason, heldFor) => {
    expect(judgeStage(undefined, held(disabledReason))).toEqual({ kind: 'leave', heldFor });
    expect(judgeStage(freeze, held(disabledReason))).toEqual({ kind: 'leave', heldFor });
  });
});
