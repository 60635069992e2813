import { isObject, type JsonObject } from '../json.ts';
import { number } from '../property-values.ts';

/** Actions of listeners and rules: as in the API, but that numbers may be text. */
export const elbAction = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  const forward = value.ForwardConfig;
  return {
    ...value,
    ...(value.Order === undefined ? {} : { Order: number(value, 'Order') }),
    ...(isObject(forward) && Array.isArray(forward.TargetGroups)
      ? { ForwardConfig: { ...forward, TargetGroups: forward.TargetGroups.map(weighted) } }
      : {}),
  };
};

const weighted = (group: JsonObject): JsonObject => ({
  ...group,
  ...(group.Weight === undefined ? {} : { Weight: number(group, 'Weight') }),
});
