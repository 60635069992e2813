import type { UpdateConnectionRequest, UpdateConnectionResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { authorize, secretOf, shownParameters, stateOf } from '../connection.ts';
import type { EventsService } from '../events-service.ts';
import { onConnection } from './on-connection.ts';

/** New parameters replace the secret's value; without them only the description changes. */
export const updateConnection: ActionDefinition<EventsService, UpdateConnectionRequest, UpdateConnectionResponse> = {
  permissions: onConnection('UpdateConnection'),
  run: async (service, input, { caller }) => {
    const connection = service.connection(input.Name);
    const type = input.AuthorizationType ?? connection.authorizationType;
    const { kernel, call } = service.ctx;
    if (input.AuthParameters) {
      await call({
        service: 'secretsmanager',
        action: 'PutSecretValue',
        caller,
        input: { SecretId: connection.secretArn, SecretString: secretOf(type, input.AuthParameters) },
      });
      connection.authorizationType = type;
      connection.authParameters = shownParameters(input.AuthParameters);
      authorize(connection, kernel.now());
    }
    connection.description = input.Description ?? connection.description;
    connection.kmsKey = input.KmsKeyIdentifier ?? connection.kmsKey;
    connection.modifiedMs = kernel.now();
    return stateOf(connection);
  },
};
