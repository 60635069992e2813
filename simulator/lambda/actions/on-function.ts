import type { Permission } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';

/** The permission of an action on one function. */
export const onFunction =
  (action: string) =>
  (
    service: LambdaService,
    input: { readonly FunctionName?: string; readonly Qualifier?: string },
  ): readonly Permission[] => [
    { action: `lambda:${action}`, resource: service.arnOfGiven(input.FunctionName, input.Qualifier) },
  ];
