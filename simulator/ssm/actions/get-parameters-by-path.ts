import type { GetParametersByPathRequest, GetParametersByPathResult } from '@aws-sdk/client-ssm';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { validation } from '../errors.ts';
import type { SsmService } from '../ssm-service.ts';

export const getParametersByPath: ActionDefinition<SsmService, GetParametersByPathRequest, GetParametersByPathResult> =
  {
    partly: 'filters',
    permissions: (service, input) => service.onParameters('GetParametersByPath', [input.Path?.replace(/\/$/, '')]),
    run: (service, input) => {
      if (!input.Path?.startsWith('/')) throw validation('The parameter path must start with /');
      if (input.ParameterFilters?.length) throw notModelled('filters of GetParametersByPath');
      const prefix = input.Path.endsWith('/') ? input.Path : `${input.Path}/`;
      const matching = [...service.parameters.values()]
        .filter(({ name }) => name.startsWith(prefix) && (input.Recursive || !name.slice(prefix.length).includes('/')))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { NextToken } = input;
      const rest = NextToken === undefined ? matching : matching.filter(({ name }) => name > NextToken);
      const page = rest.slice(0, input.MaxResults ?? 10);
      return {
        Parameters: page.map((parameter) => parameter.show(parameter.latest, input.WithDecryption ?? false)),
        ...(page.length < rest.length ? { NextToken: page.at(-1)?.name } : {}),
      };
    },
  };
