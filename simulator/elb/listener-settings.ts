import type { ModifyListenerInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../cloud/aws-error.ts';
import { elbErrors } from './errors.ts';

/** Refuses what a listener here cannot be. @throws AwsError */
export const checkListener = (input: Omit<ModifyListenerInput, 'ListenerArn'>): void => {
  if (input.Protocol !== undefined && input.Protocol !== 'HTTP')
    throw notModelled(`listeners with the protocol ${input.Protocol}`);
  if (input.Certificates?.length || input.SslPolicy || input.AlpnPolicy?.length || input.MutualAuthentication)
    throw notModelled('listeners with TLS');
  const port = input.Port;
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    throw elbErrors.validation(`Listener port '${port}' must be between 1 and 65535`);
};
