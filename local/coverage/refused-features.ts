import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { ServiceName } from '../../simulator/cloud/service.ts';
import { queryProtocol } from '../../simulator/front/query-protocol.ts';

/** A feature of AWS that the simulator refuses on purpose, with a request for each way to ask for it. */
export interface RefusedFeature {
  readonly feature: string;
  readonly attempts: readonly Attempt[];
}

export interface Attempt {
  /** As the page names it: `sqs:CreateQueue`. */
  readonly action: string;
  /** What of the action asks for the feature; undefined: all of it. */
  readonly by?: string;
  readonly make: (cloud: Cloud) => unknown;
}

const account = 'us-east-1:123456789012';

/** Actions that are refused whole. */
const whole = (service: ServiceName, ...actions: readonly string[]): readonly Attempt[] =>
  actions.map((action) => ({ action: `${service}:${action}`, make: (cloud) => cloud.call(service, action, {}) }));

const part = (service: ServiceName, action: string, by: string, input: object): Attempt => ({
  action: `${service}:${action}`,
  by,
  make: (cloud) => cloud.call(service, action, input),
});

const tags = (service: ServiceName, by: string, arn: string, member: string): readonly Attempt[] =>
  ['TagResource', 'UntagResource', 'ListTagsForResource'].map((action) =>
    part(service, action, by, { [member]: arn, Tags: [], TagKeys: [], tags: [], tagKeys: [] }),
  );

const definition = (state: object): object => ({
  name: 'refused',
  roleArn: 'arn:aws:iam::123456789012:role/refused',
  definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Only', States: { Only: { ...state, End: true } } }),
});

export const refusedFeatures: readonly RefusedFeature[] = [
  {
    feature: 'FIFO queues',
    attempts: [
      part('sqs', 'CreateQueue', 'a name that ends in `.fifo`', { QueueName: 'orders.fifo' }),
      part('sqs', 'CreateQueue', 'the attribute `FifoQueue`', {
        QueueName: 'orders',
        Attributes: { FifoQueue: 'true' },
      }),
    ],
  },
  {
    feature: 'the older SQS query protocol',
    attempts: [
      {
        action: 'sqs, every action',
        by: 'a form with `Action` and `Version=2012-11-05`',
        make: () =>
          queryProtocol({
            method: 'POST',
            path: '/',
            query: new URLSearchParams(),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: new TextEncoder().encode('Action=ListQueues&Version=2012-11-05'),
            signal: new AbortController().signal,
          }).read({} as never),
      },
    ],
  },
  {
    feature: 'Map in distributed mode',
    attempts: [
      part(
        'states',
        'CreateStateMachine',
        '`ProcessorConfig` with the mode DISTRIBUTED, `ItemReader`, `ItemBatcher`, `ResultWriter` or `Label`',
        definition({
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED' },
            StartAt: 'Item',
            States: { Item: { Type: 'Succeed' } },
          },
        }),
      ),
      ...whole('states', 'DescribeMapRun', 'ListMapRuns', 'UpdateMapRun'),
    ],
  },
  {
    feature: 'activities',
    attempts: [
      part(
        'states',
        'CreateStateMachine',
        'a task whose resource is an activity',
        definition({ Type: 'Task', Resource: `arn:aws:states:${account}:activity:work` }),
      ),
      ...whole('states', 'CreateActivity', 'DeleteActivity', 'DescribeActivity', 'GetActivityTask', 'ListActivities'),
      ...tags('states', 'the ARN of an activity', `arn:aws:states:${account}:activity:work`, 'resourceArn'),
    ],
  },
  {
    feature: 'EventBridge archives',
    attempts: [
      ...whole('events', 'CreateArchive', 'DeleteArchive', 'DescribeArchive', 'ListArchives', 'UpdateArchive'),
      ...tags('events', 'the ARN of an archive', `arn:aws:events:${account}:archive/all`, 'ResourceARN'),
    ],
  },
  {
    feature: 'EventBridge replays',
    attempts: [
      ...whole('events', 'CancelReplay', 'DescribeReplay', 'ListReplays', 'StartReplay'),
      ...tags('events', 'the ARN of a replay', `arn:aws:events:${account}:replay/all`, 'ResourceARN'),
    ],
  },
  {
    feature: 'EventBridge API destinations',
    attempts: [
      ...whole(
        'events',
        'CreateApiDestination',
        'DeleteApiDestination',
        'DescribeApiDestination',
        'ListApiDestinations',
        'UpdateApiDestination',
      ),
      ...tags(
        'events',
        'the ARN of an API destination',
        `arn:aws:events:${account}:api-destination/a/1`,
        'ResourceARN',
      ),
    ],
  },
  {
    feature: 'EventBridge endpoints',
    attempts: [
      ...whole('events', 'CreateEndpoint', 'DeleteEndpoint', 'DescribeEndpoint', 'ListEndpoints', 'UpdateEndpoint'),
      part('events', 'PutEvents', '`EndpointId`', { EndpointId: 'abcde.veo', Entries: [{}] }),
      ...tags('events', 'the ARN of an endpoint', `arn:aws:events:${account}:endpoint/a`, 'ResourceARN'),
    ],
  },
  {
    feature: 'EventBridge partner buses',
    attempts: [
      part('events', 'CreateEventBus', '`EventSourceName`', {
        Name: 'aws.partner/example.com/a',
        EventSourceName: 'aws.partner/example.com/a',
      }),
      ...whole(
        'events',
        'ActivateEventSource',
        'CreatePartnerEventSource',
        'DeactivateEventSource',
        'DeletePartnerEventSource',
        'DescribeEventSource',
        'DescribePartnerEventSource',
        'ListEventSources',
        'ListPartnerEventSourceAccounts',
        'ListPartnerEventSources',
        'PutPartnerEvents',
      ),
      ...tags('events', 'the ARN of an event source', `arn:aws:events:${account}:event-source/a`, 'ResourceARN'),
    ],
  },
  {
    feature: 'CloudWatch anomaly detection',
    attempts: [
      ...whole('cloudwatch', 'DeleteAnomalyDetector', 'DescribeAnomalyDetectors', 'PutAnomalyDetector'),
      part('cloudwatch', 'PutMetricAlarm', '`ThresholdMetricId`, and operators that compare with a band', {
        AlarmName: 'refused',
        ComparisonOperator: 'GreaterThanUpperThreshold',
        EvaluationPeriods: 1,
        ThresholdMetricId: 'ad1',
        Metrics: [{ Id: 'm1', MetricStat: { Metric: { Namespace: 'A', MetricName: 'B' }, Period: 60, Stat: 'Sum' } }],
      }),
      ...tags(
        'cloudwatch',
        'the ARN of an anomaly detector',
        `arn:aws:cloudwatch:${account}:anomaly-detector:a`,
        'ResourceARN',
      ),
    ],
  },
  {
    feature: 'CloudWatch insight rules',
    attempts: [
      ...whole(
        'cloudwatch',
        'DeleteInsightRules',
        'DescribeInsightRules',
        'DisableInsightRules',
        'EnableInsightRules',
        'GetInsightRuleReport',
        'ListManagedInsightRules',
        'PutInsightRule',
        'PutManagedInsightRules',
      ),
      ...tags(
        'cloudwatch',
        'the ARN of an insight rule',
        `arn:aws:cloudwatch:${account}:insight-rule/a`,
        'ResourceARN',
      ),
    ],
  },
  {
    feature: 'CloudWatch dashboards',
    attempts: [
      ...whole('cloudwatch', 'DeleteDashboards', 'GetDashboard', 'ListDashboards', 'PutDashboard'),
      ...tags('cloudwatch', 'the ARN of a dashboard', 'arn:aws:cloudwatch::123456789012:dashboard/a', 'ResourceARN'),
    ],
  },
];
