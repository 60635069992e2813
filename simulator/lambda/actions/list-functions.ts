import type { ListFunctionsRequest, ListFunctionsResponse } from '@aws-sdk/client-lambda';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';

export const listFunctions: ActionDefinition<LambdaService, ListFunctionsRequest, ListFunctionsResponse> = {
  refuses: ['MasterRegion'],
  run: (service, input) => {
    const functions = [...service.functions.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const start = Number(input.Marker ?? 0);
    const end = start + Math.min(input.MaxItems ?? 50, 50);
    return {
      Functions: functions
        .slice(start, end)
        .flatMap((fn) => [
          service.view(fn, fn.latest),
          ...(input.FunctionVersion === 'ALL' ? [...fn.published.values()].map((each) => service.view(fn, each)) : []),
        ]),
      ...(end < functions.length ? { NextMarker: String(end) } : {}),
    };
  },
};
