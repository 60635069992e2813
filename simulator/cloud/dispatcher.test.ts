import { describe, expect, it } from 'vitest';
import { loneService } from './lone-service.ts';
import type { SimulatedService } from './service.ts';

const echo = (): SimulatedService => ({
  name: 'ssm',
  actions: { PutParameter: { refuses: ['Policies', 'Tier'], run: () => ({ Version: 1 }) } },
});

describe('the dispatcher', () => {
  it('refuses actions that no service has, by name', async () => {
    const world = loneService(echo);
    await expect(world.call('GetParameter')).rejects.toMatchObject({
      code: 'NotModelledException',
      message: 'The local cloud does not model ssm:GetParameter.',
    });
  });

  it('refuses a call that brings a member which its action does not model, by name', async () => {
    const world = loneService(echo);
    await expect(world.call('PutParameter', { Name: 'a', Value: 'b', Tier: 'Advanced' })).rejects.toMatchObject({
      code: 'NotModelledException',
      message: 'The local cloud does not model the parameter Tier of ssm:PutParameter.',
    });
  });

  it('takes a member that is undefined for one that was not given', async () => {
    const world = loneService(echo);
    await expect(world.call('PutParameter', { Name: 'a', Value: 'b', Tier: undefined })).resolves.toEqual({
      Version: 1,
    });
  });
});
