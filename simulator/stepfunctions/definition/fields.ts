/** The fields that a state may have under JSONata, by its type. AWS refuses every other field by name. */
const common = ['Type', 'Comment', 'QueryLanguage'];
const flow = ['Next', 'End'];
const data = ['Output', 'Assign'];

export const fieldsByType: Readonly<Record<string, readonly string[]>> = {
  Pass: [...common, ...flow, ...data],
  Task: [
    ...common,
    ...flow,
    ...data,
    'Resource',
    'Arguments',
    'Credentials',
    'TimeoutSeconds',
    'HeartbeatSeconds',
    'Retry',
    'Catch',
  ],
  Choice: [...common, ...data, 'Choices', 'Default'],
  Wait: [...common, ...flow, ...data, 'Seconds', 'Timestamp'],
  Succeed: [...common, 'Output'],
  Fail: [...common, 'Error', 'Cause'],
  Parallel: [...common, ...flow, ...data, 'Arguments', 'Branches', 'Retry', 'Catch'],
  Map: [
    ...common,
    ...flow,
    ...data,
    'Items',
    'ItemSelector',
    'ItemProcessor',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
    'Retry',
    'Catch',
  ],
};

/** Fields of distributed maps, which the simulator refuses rather than runs as something else. */
export const distributedMapFields: readonly string[] = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

/** Fields that exist under JSONPath only. */
export const jsonPathFields: readonly string[] = [
  'InputPath',
  'OutputPath',
  'Parameters',
  'ResultSelector',
  'ResultPath',
  'Result',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'ErrorPath',
  'CausePath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
];
