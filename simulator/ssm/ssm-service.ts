import type { ManagedMachine } from '../cloud/ports.ts';
import type { ActionDefinition, Permission, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { addTagsToResource } from './actions/add-tags-to-resource.ts';
import { deleteParameter } from './actions/delete-parameter.ts';
import { deleteParameters } from './actions/delete-parameters.ts';
import { describeInstanceInformation } from './actions/describe-instance-information.ts';
import { describeParameters } from './actions/describe-parameters.ts';
import { getParameter } from './actions/get-parameter.ts';
import { getParameters } from './actions/get-parameters.ts';
import { getParametersByPath } from './actions/get-parameters-by-path.ts';
import { listTagsForResource } from './actions/list-tags-for-resource.ts';
import { putParameter } from './actions/put-parameter.ts';
import { removeTagsFromResource } from './actions/remove-tags-from-resource.ts';
import type { Parameter, ParameterVersion } from './parameter.ts';

/** A parameter as a request names it: `name`, `name:version` or its ARN. */
export interface Found {
  readonly parameter: Parameter;
  readonly version: ParameterVersion;
  /** `:3`, where the request named a version. */
  readonly selector: string | undefined;
}

/** Of AWS Systems Manager the Parameter Store, and whether machines on premises answer. */
export class SsmService implements SimulatedService {
  readonly name = 'ssm';
  readonly ctx: ServiceContext;
  readonly parameters = new Map<string, Parameter>();

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<SsmService, any, any>>> = {
    AddTagsToResource: addTagsToResource,
    DeleteParameter: deleteParameter,
    DeleteParameters: deleteParameters,
    DescribeInstanceInformation: describeInstanceInformation,
    DescribeParameters: describeParameters,
    GetParameter: getParameter,
    GetParameters: getParameters,
    GetParametersByPath: getParametersByPath,
    ListTagsForResource: listTagsForResource,
    PutParameter: putParameter,
    RemoveTagsFromResource: removeTagsFromResource,
  };

  /** The machines that Systems Manager manages. */
  readonly machines: () => Iterable<ManagedMachine>;

  constructor(ctx: ServiceContext, machines: () => Iterable<ManagedMachine> = () => []) {
    this.ctx = ctx;
    this.machines = machines;
  }

  /** The ARN of a parameter, which has one slash where the name starts with one or with none. */
  arnOf(nameOrArn: string | undefined): string {
    const name = split(nameOrArn ?? '').name;
    return `arn:aws:ssm:${this.ctx.region}:${this.ctx.accountId}:parameter/${name.replace(/^\//, '')}`;
  }

  find(reference: string | undefined): Found | undefined {
    const { name, selector } = split(reference ?? '');
    const parameter = this.parameters.get(name) ?? this.parameters.get(name.replace(/^\//, ''));
    const version =
      selector === undefined
        ? parameter?.latest
        : parameter?.versions.find((candidate) => `:${candidate.version}` === selector);
    return parameter && version && { parameter, version, selector };
  }

  onParameters(action: string, names: readonly (string | undefined)[]): readonly Permission[] {
    return names.map((name) => ({ action: `ssm:${action}`, resource: this.arnOf(name) }));
  }
}

const split = (reference: string): { readonly name: string; readonly selector: string | undefined } => {
  const whole = reference.startsWith('arn:') ? reference.replace(/^arn:[^/]*:parameter/, '') : reference;
  const [, name = '', selector] = /^(.*?)(:[^:/]+)?$/.exec(whole) ?? [];
  return { name, selector };
};
