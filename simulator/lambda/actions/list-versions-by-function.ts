import type { ListVersionsByFunctionRequest, ListVersionsByFunctionResponse } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';

export const listVersionsByFunction: ActionDefinition<
  LambdaService,
  ListVersionsByFunctionRequest,
  ListVersionsByFunctionResponse
> = {
  permissions: onFunction('ListVersionsByFunction'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    const versions = [fn.latest, ...fn.published.values()];
    const start = Number(input.Marker ?? 0);
    const end = start + Math.min(input.MaxItems ?? 50, 50);
    return {
      Versions: versions
        .slice(start, end)
        .map((each) => service.view(fn, each, each === fn.latest ? `${fn.arn}:$LATEST` : undefined)),
      ...(end < versions.length ? { NextMarker: String(end) } : {}),
    };
  },
};
