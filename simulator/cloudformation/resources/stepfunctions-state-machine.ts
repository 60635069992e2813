import { isObject, type JsonObject, mapStrings } from '../json.ts';
import { camelCase, coercion, lowerTagList, requiredText, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';
import { validationError } from '../validation-error.ts';

const coerce = coercion([], ['enabled', 'includeExecutionData']);

/** @throws AwsError when the definition is nowhere, or a file that cannot be read. */
const definition = (context: ResourceContext, properties: Properties): string => {
  const substitutions = isObject(properties.DefinitionSubstitutions) ? properties.DefinitionSubstitutions : {};
  const substitute = (value: string): string =>
    value.replace(/\$\{([^}]+)\}/g, (whole, name: string) =>
      Object.hasOwn(substitutions, name) ? String(substitutions[name]) : whole,
    );
  if (properties.DefinitionString !== undefined) return substitute(requiredText(properties, 'DefinitionString'));
  if (properties.Definition !== undefined) return JSON.stringify(mapStrings(properties.Definition, substitute));
  const location = properties.DefinitionS3Location;
  if (!isObject(location))
    throw validationError('Must specify one of Definition, DefinitionString, or DefinitionS3Location');
  const content = context.asset(requiredText(location, 'Bucket'), requiredText(location, 'Key'));
  if (content === undefined)
    throw validationError(`The definition s3://${location.Bucket}/${location.Key} does not exist.`);
  return substitute(content);
};

const settings = (properties: Properties): JsonObject => ({
  roleArn: requiredText(properties, 'RoleArn'),
  ...(properties.LoggingConfiguration === undefined
    ? {}
    : { loggingConfiguration: camelCase(properties.LoggingConfiguration, coerce) }),
  ...(properties.TracingConfiguration === undefined
    ? {}
    : { tracingConfiguration: camelCase(properties.TracingConfiguration, coerce) }),
  ...(properties.EncryptionConfiguration === undefined
    ? {}
    : { encryptionConfiguration: camelCase(properties.EncryptionConfiguration) }),
});

export const stepFunctionsStateMachine: ResourceProvider = {
  type: 'AWS::StepFunctions::StateMachine',
  properties: [
    'Definition',
    'DefinitionS3Location',
    'DefinitionString',
    'DefinitionSubstitutions',
    'EncryptionConfiguration',
    'LoggingConfiguration',
    'RoleArn',
    'StateMachineName',
    'StateMachineType',
    'Tags',
    'TracingConfiguration',
  ],
  attributes: ['Arn', 'Name', 'StateMachineRevisionId'],
  replacedBy: ['StateMachineName', 'StateMachineType'],
  create: async (context, properties) => {
    const name = text(properties, 'StateMachineName') ?? context.name({ maxLength: 80 });
    const { stateMachineArn } = await context.call<{ stateMachineArn: string }>('states', 'CreateStateMachine', {
      name,
      definition: definition(context, properties),
      type: text(properties, 'StateMachineType') ?? 'STANDARD',
      ...settings(properties),
      tags: lowerTagList(properties),
    });
    return {
      physicalId: stateMachineArn,
      attributes: { Arn: stateMachineArn, Name: name, StateMachineRevisionId: 'INITIAL' },
    };
  },
  update: async (context, { before, properties }) => {
    const { revisionId } = await context.call<{ revisionId?: string }>('states', 'UpdateStateMachine', {
      stateMachineArn: before.physicalId,
      definition: definition(context, properties),
      ...settings(properties),
    });
    return {
      physicalId: before.physicalId,
      attributes: { ...before.attributes, ...(revisionId ? { StateMachineRevisionId: revisionId } : {}) },
    };
  },
  delete: async (context, existing) => {
    await context.call('states', 'DeleteStateMachine', { stateMachineArn: existing.physicalId });
  },
};
