import type {
  CreateConnectionResponse,
  DescribeConnectionResponse,
  ListConnectionsResponse,
} from '@aws-sdk/client-eventbridge';
import type { GetSecretValueResponse } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { Dispatcher } from '../cloud/dispatcher.ts';
import { defaultFidelity } from '../cloud/fidelity.ts';
import type { Caller, ServiceContext, ServiceName } from '../cloud/service.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { SecretsManagerService } from '../secretsmanager/secretsmanager-service.ts';
import { EventsService } from './events-service.ts';

const caller: Caller = { kind: 'operator', arn: 'arn:aws:iam::123456789012:root' };

/** EventBridge beside Secrets Manager, which keeps what is secret of a connection. */
const start = () => {
  const kernel = new VirtualKernel({ seed: 1 });
  const dispatcher = new Dispatcher(kernel, () => {});
  const ctx: ServiceContext = {
    kernel,
    accountId: '123456789012',
    region: 'us-east-1',
    fidelity: defaultFidelity,
    call: (call) => dispatcher.call(call),
    emit: () => {},
    metric: () => {},
    log: () => {},
  };
  dispatcher.register(new EventsService(ctx));
  dispatcher.register(new SecretsManagerService(ctx));
  return <Answer>(action: string, input: unknown, service: ServiceName = 'events'): Promise<Answer> =>
    dispatcher.call({ service, action, input, caller }) as Promise<Answer>;
};

const basic = {
  Name: 'partner',
  AuthorizationType: 'BASIC',
  AuthParameters: { BasicAuthParameters: { Username: 'user', Password: 'pass' } },
};

describe('connections', () => {
  it("name what goes with every request in the secret's own case, and show it without what is secret", async () => {
    const call = start();
    const parameter = { Key: 'X-Shop', Value: 'orders', IsValueSecret: true };
    await call('CreateConnection', {
      Name: 'keyed',
      AuthorizationType: 'API_KEY',
      KmsKeyIdentifier: 'alias/shop',
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'key', ApiKeyValue: 'secret' },
        InvocationHttpParameters: { HeaderParameters: [parameter] },
      },
    });
    const shown = await call<DescribeConnectionResponse>('DescribeConnection', { Name: 'keyed' });
    expect(shown).toMatchObject({
      KmsKeyIdentifier: 'alias/shop',
      AuthParameters: { InvocationHttpParameters: { HeaderParameters: [{ Key: 'X-Shop', IsValueSecret: true }] } },
    });
    expect(JSON.stringify(shown.AuthParameters)).not.toContain('orders');
    const { SecretString = '' } = await call<GetSecretValueResponse>(
      'GetSecretValue',
      { SecretId: shown.SecretArn },
      'secretsmanager',
    );
    expect(JSON.parse(SecretString)).toEqual({
      api_key_name: 'key',
      api_key_value: 'secret',
      invocation_http_parameters: {
        header_parameters: [{ key: 'X-Shop', value: 'orders', is_value_secret: true }],
      },
    });
  });

  it('keep the password in a secret of their own, and show the rest', async () => {
    const call = start();
    const created = await call<CreateConnectionResponse>('CreateConnection', basic);
    expect(created).toMatchObject({
      ConnectionArn: expect.stringMatching(
        /^arn:aws:events:us-east-1:123456789012:connection\/partner\/[0-9a-f-]{36}$/,
      ),
      ConnectionState: 'AUTHORIZED',
    });
    const shown = await call<DescribeConnectionResponse>('DescribeConnection', { Name: 'partner' });
    expect(shown.AuthParameters).toEqual({ BasicAuthParameters: { Username: 'user' } });
    const secret = await call<GetSecretValueResponse>(
      'GetSecretValue',
      { SecretId: shown.SecretArn },
      'secretsmanager',
    );
    expect(secret.Name).toMatch(/^events!connection\/partner\//);
    expect(JSON.parse(secret.SecretString ?? '')).toEqual({ username: 'user', password: 'pass' });
  });

  it('hide the values of headers that are marked secret', async () => {
    const call = start();
    await call('CreateConnection', {
      Name: 'partner',
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: 'k' },
        InvocationHttpParameters: {
          HeaderParameters: [
            { Key: 'a', Value: '1' },
            { Key: 'b', Value: '2', IsValueSecret: true },
          ],
        },
      },
    });
    const shown = await call<DescribeConnectionResponse>('DescribeConnection', { Name: 'partner' });
    expect(shown.AuthParameters).toEqual({
      ApiKeyAuthParameters: { ApiKeyName: 'x-api-key' },
      InvocationHttpParameters: {
        HeaderParameters: [
          { Key: 'a', Value: '1' },
          { Key: 'b', IsValueSecret: true },
        ],
      },
    });
  });

  it('change with an update, lose their parameters when deauthorized, and go with their secret', async () => {
    const call = start();
    await call('CreateConnection', basic);
    await call('UpdateConnection', {
      Name: 'partner',
      AuthParameters: { BasicAuthParameters: { Username: 'other', Password: 'word' } },
    });
    const shown = await call<DescribeConnectionResponse>('DescribeConnection', { Name: 'partner' });
    expect(shown.AuthParameters).toEqual({ BasicAuthParameters: { Username: 'other' } });
    await call('DeauthorizeConnection', { Name: 'partner' });
    expect(await call('DescribeConnection', { Name: 'partner' })).not.toHaveProperty('AuthParameters');
    const { Connections } = await call<ListConnectionsResponse>('ListConnections', { NamePrefix: 'part' });
    expect(Connections).toMatchObject([{ Name: 'partner', ConnectionState: 'DEAUTHORIZED' }]);
    await call('DeleteConnection', { Name: 'partner' });
    await expect(call('DescribeConnection', { Name: 'partner' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: "Failed to describe the connection(s). Connection 'partner' does not exist.",
    });
    await expect(call('GetSecretValue', { SecretId: shown.SecretArn }, 'secretsmanager')).rejects.toThrow();
  });

  it('name everything that is wrong with a request at once', async () => {
    const call = start();
    await expect(call('CreateConnection', { ...basic, Name: 'a b', AuthorizationType: 'NONE' })).rejects.toMatchObject({
      code: 'ValidationException',
      message:
        "2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value 'NONE' at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]",
    });
  });
});
