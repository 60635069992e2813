import {
  GetParameterCommand,
  GetParametersByPathCommand,
  type GetParametersByPathCommandOutput,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { ServiceConfiguration } from '../core/configuration.ts';
import { ExpectedFailure, nameOf } from '../core/errors.ts';

export interface ParametersClient {
  readonly client: Pick<SSMClient, 'send'>;
  /** `/spillway/services/` or `/spillway/templates/` */
  readonly prefix: string;
}

const readParameter = async ({ client, prefix }: ParametersClient, name: string): Promise<string | undefined> => {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: `${prefix}${name}` }));
    if (Parameter?.Value === undefined) {
      throw new ExpectedFailure('UnexpectedAnswer', `The parameter of ${name} has no value.`);
    }
    return Parameter.Value;
  } catch (error) {
    if (nameOf(error) === 'ParameterNotFound') return undefined;
    throw error;
  }
};

/** A service's configuration; undefined when there is no such service. */
export const readService = async (
  parameters: ParametersClient,
  service: string,
): Promise<ServiceConfiguration | undefined> => {
  // A name that no parameter can have would be answered with a ValidationException.
  if (!/^[a-z][a-z0-9-]{0,60}$/.test(service)) return undefined;
  const value = await readParameter(parameters, service);
  return value === undefined ? undefined : ServiceConfiguration.parse(JSON.parse(value));
};

/** The configurations of all services, by their names. */
export const readServices = async ({
  client,
  prefix,
}: ParametersClient): Promise<ReadonlyMap<string, ServiceConfiguration>> => {
  const found = new Map<string, ServiceConfiguration>();
  let nextToken: string | undefined;
  do {
    const page: GetParametersByPathCommandOutput = await client.send(
      new GetParametersByPathCommand({ Path: prefix.replace(/\/$/, ''), NextToken: nextToken }),
    );
    for (const { Name = '', Value = '' } of page.Parameters ?? [])
      found.set(Name.slice(prefix.length), ServiceConfiguration.parse(JSON.parse(Value)));
    nextToken = page.NextToken;
  } while (nextToken);
  return found;
};

/** ARN of the template that the stack states for a twin; undefined for a twin that no stack of ours made. */
export const readTemplate = (parameters: ParametersClient, twin: string): Promise<string | undefined> =>
  readParameter(parameters, twin);

/** The template that is stated for each of these twins. */
export const readTemplates = async (
  parameters: ParametersClient,
  twins: readonly string[],
): Promise<Readonly<Record<string, string | undefined>>> =>
  Object.fromEntries(
    await Promise.all(twins.map(async (twin) => [twin, await readTemplate(parameters, twin)] as const)),
  );
