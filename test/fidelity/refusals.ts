/** The features that recorded cases may use and the simulator refuses. Everything else must be answered as AWS does. */

const refusedOperations: readonly (readonly [RegExp, string])[] = [
  [/^events:\w*Archives?$/, 'EventBridge archives'],
  [/^events:\w*Replays?$/, 'EventBridge replays'],
  [/^events:\w*ApiDestinations?$/, 'EventBridge API destinations'],
  [/^events:\w*Endpoints?$/, 'EventBridge endpoints'],
  [/^events:(\w*Partner\w*|\w*EventSources?)$/, 'EventBridge partner buses'],
  [/^cloudwatch:\w*AnomalyDetectors?$/, 'CloudWatch anomaly detection'],
  [/^cloudwatch:\w*Insight(Rules?|RuleReport)$/, 'CloudWatch insight rules'],
  [/^cloudwatch:\w*ManagedInsightRules$/, 'CloudWatch insight rules'],
  [/^cloudwatch:\w*Dashboards?$/, 'CloudWatch dashboards'],
  [/^states:\w*Activit(y|ies|yTask)$/, 'activities'],
];

const refusedArns: readonly (readonly [RegExp, string])[] = [
  [/^arn:aws:events:[^:]*:[^:]*:archive\//, 'EventBridge archives'],
  [/^arn:aws:events:[^:]*:[^:]*:replay\//, 'EventBridge replays'],
  [/^arn:aws:events:[^:]*:[^:]*:api-destination\//, 'EventBridge API destinations'],
  [/^arn:aws:events:[^:]*:[^:]*:endpoint\//, 'EventBridge endpoints'],
  [/^arn:aws:events:[^:]*:[^:]*:event-source\//, 'EventBridge partner buses'],
  [/^arn:aws:states:[^:]*:[^:]*:activity:/, 'activities'],
  [/^arn:aws:cloudwatch:[^:]*:[^:]*:insight-rule\//, 'CloudWatch insight rules'],
  [/^arn:aws:cloudwatch:[^:]*:[^:]*:dashboard\//, 'CloudWatch dashboards'],
  [/^arn:aws:cloudwatch:[^:]*:[^:]*:anomaly-detector/, 'CloudWatch anomaly detection'],
];

const refusedFeatures: readonly (readonly [RegExp, string])[] = [
  [/FIFO queues/, 'FIFO queues'],
  [/API destinations/, 'EventBridge API destinations'],
  [/EventSourceName|partner/, 'EventBridge partner buses'],
  [/EndpointId|global endpoints/, 'EventBridge endpoints'],
  [/anomaly detection|ThresholdMetricId/, 'CloudWatch anomaly detection'],
];

const found = (text: string, table: readonly (readonly [RegExp, string])[]): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/** The feature that a `NotModelledException` refuses, when it is one that may be refused. */
export const refusedFeature = (service: string, operation: string, message: string): string | undefined =>
  found(`${service}:${operation}`, refusedOperations) ?? found(message, refusedFeatures);

/** Tags of something that cannot be there: asking for them is refused with it. */
export const refusedTags = (operation: string, params: unknown): string | undefined => {
  if (!/^(TagResource|UntagResource|ListTagsForResource)$/.test(operation)) return undefined;
  const { ResourceARN, resourceArn: arn = ResourceARN } = params as {
    readonly ResourceARN?: unknown;
    readonly resourceArn?: unknown;
  };
  return typeof arn === 'string' ? found(arn, refusedArns) : undefined;
};

/** The protocol of a recorded script is part of its test's name. */
export const refusedProtocol = (caseName: string): string | undefined =>
  /\bsqs_query\b/.test(caseName) ? 'the older SQS query protocol' : undefined;

/** What a definition uses that is refused, wherever in it. */
export const refusedDefinition = (definition: string): string | undefined => {
  if (/"Mode"\s*:\s*"DISTRIBUTED"/.test(definition)) return 'Map in distributed mode';
  return /:activity:/.test(definition) ? 'activities' : undefined;
};
