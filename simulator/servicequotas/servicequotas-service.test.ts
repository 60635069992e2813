import { expect, test } from 'vitest';
import { defaultFidelity } from '../cloud/fidelity.ts';
import { loneService } from '../cloud/lone-service.ts';
import { ServiceQuotasService } from './servicequotas-service.ts';

const world = loneService((ctx) => new ServiceQuotasService(ctx), {
  fidelity: { ecs: { ...defaultFidelity.ecs, fargateVcpus: 6 } },
});
const ask = (ServiceCode: string, QuotaCode: string) => world.call('GetServiceQuota', { ServiceCode, QuotaCode });

test('the quota of Fargate is the one that the scheduler keeps to', async () => {
  expect(await ask('fargate', 'L-3032A538')).toMatchObject({
    Quota: { QuotaName: 'Fargate On-Demand vCPU resource count', Value: 6 },
  });
  expect(await ask('fargate', 'L-36FBB829')).toMatchObject({
    Quota: { QuotaName: 'Fargate Spot vCPU resource count', Value: 6 },
  });
  expect(world.asked.at(0)).toEqual([
    {
      action: 'servicequotas:GetServiceQuota',
      resource: 'arn:aws:servicequotas:us-east-1:123456789012:fargate/L-3032A538',
    },
  ]);
});

test('other quotas are unknown, those of other services refused by name', async () => {
  await expect(ask('fargate', 'L-0')).rejects.toMatchObject({ code: 'NoSuchResourceException' });
  await expect(ask('lambda', 'L-0')).rejects.toMatchObject({ code: 'NotModelledException' });
});
