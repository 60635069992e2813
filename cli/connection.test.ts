import { describe, expect, it } from 'vitest';
import { connectionSettings } from './connection.ts';

const local = { accessKeyId: 'local', secretAccessKey: 'local' };

describe('what the command speaks to', () => {
  it('is the local cloud when nothing is configured', () => {
    expect(connectionSettings({})).toEqual({
      endpoint: 'http://127.0.0.1:4566',
      region: 'us-east-1',
      credentials: local,
    });
  });

  it('is the endpoint of the environment, with credentials of its own only on this machine', () => {
    expect(connectionSettings({ AWS_ENDPOINT_URL: 'http://localhost:4600' })).toEqual({
      endpoint: 'http://localhost:4600',
      region: 'us-east-1',
      credentials: local,
    });
    expect(connectionSettings({ AWS_ENDPOINT_URL: 'http://localhost.example:4600' })).toEqual({
      endpoint: 'http://localhost.example:4600',
    });
  });

  it('takes the Region from AWS_REGION, then from AWS_DEFAULT_REGION as the AWS CLI does', () => {
    expect(connectionSettings({ AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
    expect(connectionSettings({ AWS_REGION: 'eu-north-1', AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual({
      region: 'eu-north-1',
    });
  });

  it('leaves Region and credentials of a profile to the SDK', () => {
    expect(connectionSettings({ AWS_PROFILE: 'prod' })).toEqual({});
  });
});
