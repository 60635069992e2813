import type { CreateSecretResponse, GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { SecretsManagerService } from './secretsmanager-service.ts';

const start = () => loneService((ctx) => new SecretsManagerService(ctx));

const value = (world: LoneService<SecretsManagerService>, SecretId: string, more: object = {}) =>
  world.call<GetSecretValueResponse>('GetSecretValue', { SecretId, ...more });

describe('secrets', () => {
  it('are found by name, by ARN, and by ARN without its suffix', async () => {
    const world = start();
    const { ARN = '' } = await world.call<CreateSecretResponse>('CreateSecret', { Name: 'db', SecretString: 'hush' });
    expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:db-[0-9a-f]{6}$/);
    for (const id of ['db', ARN, ARN.slice(0, -7)]) expect((await value(world, id)).SecretString).toBe('hush');
    await expect(value(world, 'nothing')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await expect(world.call('CreateSecret', { Name: 'db' })).rejects.toMatchObject({ code: 'ResourceExistsException' });
  });

  it('keep the value before the current one', async () => {
    const world = start();
    await world.call('CreateSecret', { Name: 'db', SecretString: 'one' });
    await world.call('PutSecretValue', { SecretId: 'db', SecretString: 'two' });
    await world.call('UpdateSecret', { SecretId: 'db', SecretString: 'three' });
    expect((await value(world, 'db')).SecretString).toBe('three');
    expect((await value(world, 'db', { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('two');
    await expect(value(world, 'db', { VersionStage: 'AWSPENDING' })).rejects.toThrow(
      "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    );
  });

  it('leave the current value alone while another is pending', async () => {
    const world = start();
    await world.call('CreateSecret', { Name: 'db', SecretString: 'one' });
    await world.call('PutSecretValue', { SecretId: 'db', SecretString: 'two', VersionStages: ['AWSPENDING'] });
    expect((await value(world, 'db')).SecretString).toBe('one');
    expect((await value(world, 'db', { VersionStage: 'AWSPENDING' })).SecretString).toBe('two');
  });

  it('are generated as asked for, from the seed', async () => {
    const generate = async (seed: number) => {
      const world = loneService((ctx) => new SecretsManagerService(ctx), { seed });
      const { RandomPassword } = await world.call('GetRandomPassword', {
        PasswordLength: 20,
        ExcludePunctuation: true,
      });
      return RandomPassword;
    };
    const password = await generate(1);
    expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9]{20}$/);
    expect(await generate(1)).toBe(password);
    expect(await generate(2)).not.toBe(password);
  });

  it('that are deleted can be restored until their recovery window ends', async () => {
    const world = start();
    await world.call('CreateSecret', { Name: 'db', SecretString: 'one' });
    await world.call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
    await expect(value(world, 'db')).rejects.toThrow('it was marked for deletion');
    await world.call('RestoreSecret', { SecretId: 'db' });
    expect((await value(world, 'db')).SecretString).toBe('one');
    await world.call('DeleteSecret', { SecretId: 'db', RecoveryWindowInDays: 7 });
    await world.pass(7 * 86_400_000 - 1);
    await expect(world.call('CreateSecret', { Name: 'db' })).rejects.toThrow('already scheduled for deletion');
    await world.pass(1);
    await world.call('CreateSecret', { Name: 'db' });
  });

  it('ask IAM with their whole ARN', async () => {
    const world = start();
    const { ARN } = await world.call<CreateSecretResponse>('CreateSecret', { Name: 'db', SecretString: 'hush' });
    await value(world, 'db');
    expect(world.asked.at(-1)).toEqual([{ action: 'secretsmanager:GetSecretValue', resource: ARN }]);
  });
});
