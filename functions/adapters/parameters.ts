import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { ServiceConfiguration } from '../core/configuration.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';

export interface ParametersClient {
  readonly client: Pick<SSMClient, 'send'>;
  /** `/spillway/services/` */
  readonly prefix: string;
}

/** A service's configuration; undefined when there is no such service. */
export const readService = async (
  parameters: ParametersClient,
  service: string,
): Promise<ServiceConfiguration | undefined> => {
  // A name that no parameter can have would be answered with a ValidationException.
  if (!/^[a-z][a-z0-9-]{0,60}$/.test(service)) return undefined;
  try {
    const { Parameter } = await parameters.client.send(
      new GetParameterCommand({ Name: `${parameters.prefix}${service}` }),
    );
    if (Parameter?.Value === undefined) {
      throw new ExpectedFailure('UnexpectedAnswer', `The parameter of ${service} has no value.`);
    }
    return ServiceConfiguration.parse(JSON.parse(Parameter.Value));
  } catch (error) {
    if (nameOf(error) === 'ParameterNotFound') return undefined;
    throw error;
  }
};
