import type { DescribeConnectionRequest, DescribeConnectionResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { stateOf } from '../connection.ts';
import type { EventsService } from '../events-service.ts';
import { onConnection } from './on-connection.ts';

export const describeConnection: ActionDefinition<
  EventsService,
  DescribeConnectionRequest,
  DescribeConnectionResponse
> = {
  permissions: onConnection('DescribeConnection'),
  run: (service, input) => {
    const connection = service.connection(input.Name);
    const { authParameters, description, kmsKey } = connection;
    return {
      ...stateOf(connection),
      Name: connection.name,
      AuthorizationType: connection.authorizationType,
      SecretArn: connection.secretArn,
      ...(authParameters === undefined ? {} : { AuthParameters: structuredClone(authParameters) }),
      ...(description === undefined ? {} : { Description: description }),
      ...(kmsKey === undefined ? {} : { KmsKeyIdentifier: kmsKey }),
    };
  },
};
