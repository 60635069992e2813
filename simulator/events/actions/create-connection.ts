import type { CreateConnectionRequest, CreateConnectionResponse } from '@aws-sdk/client-eventbridge';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { authorize, type Connection, secretOf, shownParameters, stateOf } from '../connection.ts';
import type { EventsService } from '../events-service.ts';
import { onConnection } from './on-connection.ts';

/** The secret is made as the caller, who needs the permission for it too (eb-target-connection-auth). */
export const createConnection: ActionDefinition<EventsService, CreateConnectionRequest, CreateConnectionResponse> = {
  partly: 'connections to private APIs',
  permissions: onConnection('CreateConnection'),
  run: async (service, input, { caller }) => {
    const { Name: name = '', AuthorizationType: authorizationType = 'BASIC' } = input;
    if (input.InvocationConnectivityParameters) throw notModelled('connections to private APIs');
    if (service.connections.has(name))
      throw new AwsError('ResourceAlreadyExistsException', `Connection ${name} already exists.`);
    const { kernel, region, accountId, call } = service.ctx;
    const { ARN: secretArn } = (await call({
      service: 'secretsmanager',
      action: 'CreateSecret',
      caller,
      input: {
        Name: `events!connection/${name}/${kernel.uuid('event-connection-secret')}`,
        SecretString: secretOf(authorizationType, input.AuthParameters),
      },
    })) as { readonly ARN: string };
    const connection: Connection = {
      name,
      arn: `arn:aws:events:${region}:${accountId}:connection/${name}/${kernel.uuid('event-connection')}`,
      createdMs: kernel.now(),
      secretArn,
      authorizationType,
      authParameters: shownParameters(input.AuthParameters),
      description: input.Description,
      kmsKey: input.KmsKeyIdentifier,
      state: 'CREATING',
      modifiedMs: kernel.now(),
      authorizedMs: undefined,
    };
    authorize(connection, kernel.now());
    service.connections.set(name, connection);
    const { LastAuthorizedTime: _, ...created } = stateOf(connection);
    return created;
  },
};
