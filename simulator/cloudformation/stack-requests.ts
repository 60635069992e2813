import type { Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { notModelled } from '../cloud/aws-error.ts';
import type { Permission } from '../cloud/service.ts';
import type { CloudFormationService, StackRequest } from './cloudformation-service.ts';
import type { Stack, StackResult } from './stack.ts';
import { loadTemplate } from './template.ts';
import { validationError } from './validation-error.ts';

/** What CreateStack and UpdateStack have in common. */
interface StackInput {
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly UsePreviousTemplate?: boolean;
  readonly Parameters?: readonly Parameter[];
  readonly Tags?: readonly Tag[];
  readonly Capabilities?: readonly string[];
  readonly ClientRequestToken?: string;
  readonly DisableRollback?: boolean;
}

/** @throws AwsError `ValidationError`, `NotModelledException` */
export const stackRequest = (input: StackInput, existing?: Stack): StackRequest => {
  if (input.TemplateURL !== undefined) throw notModelled('TemplateURL; send the template as TemplateBody');
  const template =
    input.UsePreviousTemplate && existing
      ? existing.template
      : input.TemplateBody === undefined
        ? undefined
        : loadTemplate(input.TemplateBody);
  if (!template) throw validationError('Either Template URL or Template Body must be specified.');
  return {
    template,
    parameters: input.Parameters ?? [],
    tags: input.Tags ?? existing?.tags ?? [],
    capabilities: input.Capabilities ?? [],
    token: input.ClientRequestToken,
    disableRollback: input.DisableRollback ?? false,
  };
};

/** What an action on one stack asks for: the stack's ARN, or one with `*` for the id while there is none. */
export const onStack =
  (action: string) =>
  (service: CloudFormationService, input: { readonly StackName?: string }): readonly Permission[] => {
    const { accountId, region } = service.ctx;
    const name = input.StackName;
    const resource =
      name === undefined
        ? '*'
        : name.startsWith('arn:')
          ? name
          : (service.find(name)?.id ?? `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/*`);
    return [{ action: `cloudformation:${action}`, resource }];
  };

/** Lets an operation go on by itself. A fault of the program in it must end the run, not vanish. */
export const letRun = (service: CloudFormationService, ended: Promise<StackResult>): void => {
  ended.catch((error: unknown) => {
    service.ctx.kernel.after(0, 'stack-fault', () => {
      throw error;
    });
  });
};
