import type { DescribeParametersRequest, DescribeParametersResult, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { Parameter } from '../parameter.ts';
import type { SsmService } from '../ssm-service.ts';

export const describeParameters: ActionDefinition<SsmService, DescribeParametersRequest, DescribeParametersResult> = {
  refuses: ['Shared'],
  partly: 'the older `Filters`, filters other than by name and type',
  run: (service, input) => {
    if (input.Filters?.length) throw notModelled('the older Filters of DescribeParameters');
    const matching = [...service.parameters.values()]
      .filter((parameter) => (input.ParameterFilters ?? []).every((filter) => passes(parameter, filter)))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { NextToken } = input;
    const rest = NextToken === undefined ? matching : matching.filter(({ name }) => name > NextToken);
    const page = rest.slice(0, input.MaxResults ?? 10);
    return {
      Parameters: page.map((parameter) => parameter.metadata()),
      ...(page.length < rest.length ? { NextToken: page.at(-1)?.name } : {}),
    };
  },
};

const passes = (parameter: Parameter, { Key, Option = 'Equals', Values = [] }: ParameterStringFilter): boolean => {
  const value = Key === 'Name' ? parameter.name : Key === 'Type' ? parameter.latest.type : undefined;
  if (value === undefined) throw notModelled(`the filter ${Key} of DescribeParameters`);
  return Values.some((wanted) => {
    if (Option === 'BeginsWith') return value.startsWith(wanted);
    if (Option === 'Contains') return value.includes(wanted);
    return value === wanted;
  });
};
