import { describe, expect, it } from 'vitest';
import { loneService } from '../../simulator/cloud/lone-service.ts';
import { EcrService } from '../../simulator/ecr/ecr-service.ts';
import { NoFindings, scanLabels } from './scan-labels.ts';

describe('findings that an image is pushed with', () => {
  it('are what a scan of it finds', async () => {
    const world = loneService((ctx) => new EcrService(ctx));
    await world.call('CreateRepository', {
      repositoryName: 'web',
      imageScanningConfiguration: { scanOnPush: true },
    });
    const Labels = scanLabels({ findings: 'CRITICAL=1, HIGH=12' });
    world.service.store({ repository: 'web', tags: ['v1'], config: { Labels }, layers: [] });
    await world.pass(30_000);
    expect(world.events.at(-1)?.detail['finding-severity-counts']).toEqual({ CRITICAL: 1, HIGH: 12 });
  });

  it.each(['', 'CRITICAL', 'CRITICAL=0', 'BAD=1', 'critical=1', 'HIGH=1;LOW=2', 'HIGH=1,'])(
    "refuses '%s' in one sentence",
    (findings) => {
      expect(() => scanLabels({ findings })).toThrow(NoFindings);
    },
  );
});
