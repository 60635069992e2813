import type { PutParameterRequest, PutParameterResult } from '@aws-sdk/client-ssm';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { parameterExists, validation } from '../errors.ts';
import { Parameter } from '../parameter.ts';
import type { SsmService } from '../ssm-service.ts';

const valueBytesMax = { Standard: 4_096, Advanced: 8_192 };

export const putParameter: ActionDefinition<SsmService, PutParameterRequest, PutParameterResult> = {
  partly: 'policies, data types other than text',
  permissions: (service, input) => service.onParameters('PutParameter', [input.Name]),
  run: (service, input) => {
    const { Name: name, Value: value } = input;
    if (!name || !/^[\w./-]+$/.test(name) || (name.includes('/') && !name.startsWith('/')))
      throw validation(
        'Parameter name must be a fully qualified name: letters, digits and .-_/ only, starting with / where it has a path.',
      );
    if (/^\/?(aws|ssm)/i.test(name))
      throw validation('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
    if (!value) throw validation('Parameter value: must not be empty.');
    if (input.Policies) throw notModelled('policies of parameters');
    if (input.DataType !== undefined && input.DataType !== 'text')
      throw notModelled(`parameters of the data type ${input.DataType}`);
    const existing = service.parameters.get(name);
    if (existing && !input.Overwrite) throw parameterExists();
    if (input.Overwrite && input.Tags?.length)
      throw validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    const type = input.Type ?? existing?.latest.type;
    if (!type) throw validation('A parameter type is required when you create a parameter.');
    const tier =
      input.Tier === 'Advanced' || (input.Tier === undefined && existing?.tier === 'Advanced')
        ? 'Advanced'
        : 'Standard';
    if (Buffer.byteLength(value) > valueBytesMax[tier])
      throw validation(
        `${tier} tier parameters support a maximum parameter value of ${valueBytesMax[tier]} characters.`,
      );
    const pattern = input.AllowedPattern ?? existing?.allowedPattern;
    if (pattern && !new RegExp(pattern).test(value))
      throw new AwsError(
        'ParameterPatternMismatchException',
        `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
      );
    const parameter = existing ?? new Parameter(name, service.arnOf(name));
    parameter.tier = tier;
    parameter.allowedPattern = pattern;
    parameter.description = input.Description ?? parameter.description;
    if (type === 'SecureString') parameter.keyId = input.KeyId ?? parameter.keyId ?? 'alias/aws/ssm';
    for (const { Key = '', Value = '' } of input.Tags ?? []) parameter.tags.set(Key, Value);
    service.parameters.set(name, parameter);
    return { Version: parameter.add(value, type, service.ctx.kernel.now()), Tier: tier };
  },
};
