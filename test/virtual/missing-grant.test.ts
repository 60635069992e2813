import { describe, expect, it } from 'vitest';
import { VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import { sampleMaterial } from './material.ts';

interface Statement {
  Action: string | string[];
}

/** The same templates with one action taken out of every policy of the roles whose logical id starts with `role`. */
const without = (
  material: WorldMaterial,
  role: string,
  action: string,
): { material: WorldMaterial; removed: number } => {
  const assembly = { ...material.assembly, stacks: structuredClone(material.assembly.stacks) };
  let removed = 0;
  for (const { template } of assembly.stacks) {
    for (const [, resource] of Object.entries(
      template.Resources as Record<string, { Type: string; Properties?: Record<string, unknown> }>,
    )) {
      if (resource.Type !== 'AWS::IAM::Policy' && resource.Type !== 'AWS::IAM::Role') continue;
      if (!JSON.stringify(resource).includes(role)) continue;
      const policies = [
        resource.Properties?.PolicyDocument,
        ...((resource.Properties?.Policies as { PolicyDocument: unknown }[] | undefined) ?? []).map(
          (policy) => policy.PolicyDocument,
        ),
      ];
      for (const document of policies as ({ Statement: Statement[] } | undefined)[]) {
        for (const statement of document?.Statement ?? []) {
          const actions = [statement.Action].flat();
          if (!actions.includes(action)) continue;
          removed += 1;
          statement.Action = actions.filter((one) => one !== action);
          if (statement.Action.length === 0) statement.Action = ['spillway:Nothing'];
        }
      }
    }
  }
  return { material: { ...material, assembly }, removed };
};

describe('least privilege', () => {
  it.each([
    ['MoveTwin', 'ecs:UpdateService'],
    ['AdmitRollout', 'ecr:BatchGetImage'],
    ['StartRollout', 'states:StartExecution'],
  ])('a rollout fails by name when %s may not do %s', { timeout: 60_000 }, async (role, action) => {
    const { material, removed } = without(await sampleMaterial(), role, action);
    expect(removed).toBeGreaterThan(0);
    const ended: Record<string, unknown>[] = [];
    const world = await VirtualWorld.boot(material, {
      seed: 1,
      onEvent: (event) => {
        if (event['detail-type'] === 'Spillway Rollout State Change' && event.detail.verdict) ended.push(event.detail);
      },
    });
    world.push('order-processor', 'v1');
    await world.until(() => ended.length > 0, 30 * 60_000);
    expect(ended.filter((one) => one.verdict === 'completed')).toEqual([]);
    expect(world.cloud.iam.denials().map((denial) => denial.action)).toContain(action);
  });

  it('denies nothing when every grant is there', { timeout: 60_000 }, async () => {
    const ended: Record<string, unknown>[] = [];
    const world = await VirtualWorld.boot(await sampleMaterial(), {
      seed: 1,
      onEvent: (event) => {
        if (event['detail-type'] === 'Spillway Rollout State Change' && event.detail.verdict) ended.push(event.detail);
      },
    });
    world.push('order-processor', 'v1');
    await world.until(() => ended.length > 0, 30 * 60_000);
    expect(ended.map((one) => one.verdict)).toEqual(['completed']);
    expect(world.cloud.iam.denials()).toEqual([]);
  });
});
