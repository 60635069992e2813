import { describe, expect, it } from 'vitest';
import { linkPipeline, pipelineExecutionOf } from './link-pipeline.ts';

const trigger = { kind: 'pipeline', executionId: '11111111-2222-4333-8444-555555555555' };
const image = { artifact: 'Image', id: `sha256:${'a'.repeat(64)}` };
const commit = { artifact: 'Code', id: 'b'.repeat(40), summary: 'Sell tea', url: 'https://example.com/b' };

describe('the link to a pipeline', () => {
  it('is asked for by a trigger of the kind pipeline that names an execution', () => {
    expect(pipelineExecutionOf(trigger)).toBe(trigger.executionId);
    expect(pipelineExecutionOf({ ...trigger, kind: 'push' })).toBeUndefined();
    expect(pipelineExecutionOf({ kind: 'pipeline' })).toBeUndefined();
    expect(pipelineExecutionOf({ kind: 'pipeline', executionId: '' })).toBeUndefined();
    expect(pipelineExecutionOf({ kind: 'pipeline', executionId: 7 })).toBeUndefined();
  });

  it('holds every revision, and takes for the commit the one that Git could have named so', () => {
    expect(linkPipeline(trigger, 'shop', { kind: 'found', revisions: [image, commit] })).toEqual({
      ...trigger,
      pipeline: 'shop',
      revisions: [image, commit],
      commit: commit.id,
    });
    expect(linkPipeline(trigger, 'shop', { kind: 'found', revisions: [image] })).not.toHaveProperty('commit');
    const commitAmong = (id: string) =>
      linkPipeline(trigger, 'shop', { kind: 'found', revisions: [{ artifact: 'Code', id }] }).commit;
    // Git names a commit by SHA-1, 40 digits, or SHA-256, 64.
    expect(commitAmong('c'.repeat(64))).toBe('c'.repeat(64));
    for (const digits of [39, 41, 63, 65]) expect(commitAmong('c'.repeat(digits))).toBeUndefined();
    expect(commitAmong('g'.repeat(40))).toBeUndefined();
    expect(commitAmong('C'.repeat(64))).toBeUndefined();
  });

  it('says so where CodePipeline does not know the execution', () => {
    expect(linkPipeline(trigger, 'shop', { kind: 'missing', reason: 'not there' })).toEqual({
      ...trigger,
      pipeline: 'shop',
      unlinked: 'not there',
    });
  });
});
