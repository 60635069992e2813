import { AwsError } from '../../simulator/cloud/aws-error.ts';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import { eventKinds } from '../../simulator/cloud/event-kinds.ts';
import type { ServiceName, SimulatedService } from '../../simulator/cloud/service.ts';
import { inertProviders } from '../../simulator/cloudformation/resources/inert-types.ts';
import { resourceProviders } from '../../simulator/cloudformation/resources/registry.ts';
import { ec2Version } from '../../simulator/front/ec2-protocol.ts';
import { queryVersions } from '../../simulator/front/query-protocol.ts';
import { serviceByShape } from '../../simulator/front/service-shapes.ts';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { fieldsByType } from '../../simulator/stepfunctions/definition/fields.ts';
import { optimizedIntegrations, sdkServices } from '../../simulator/stepfunctions/integrations/resources.ts';
import { type Attempt, refusedFeatures } from './refused-features.ts';

const titles: Readonly<Record<ServiceName, string>> = {
  cloudformation: 'AWS CloudFormation',
  cloudwatch: 'Amazon CloudWatch',
  codepipeline: 'AWS CodePipeline',
  dynamodb: 'Amazon DynamoDB',
  ec2: 'Amazon EC2',
  ecr: 'Amazon ECR',
  ecs: 'Amazon ECS',
  elasticloadbalancing: 'Elastic Load Balancing',
  events: 'Amazon EventBridge',
  iam: 'AWS IAM',
  lambda: 'AWS Lambda',
  logs: 'Amazon CloudWatch Logs',
  secretsmanager: 'AWS Secrets Manager',
  servicequotas: 'Service Quotas',
  sns: 'Amazon SNS',
  sqs: 'Amazon SQS',
  ssm: 'AWS Systems Manager',
  states: 'AWS Step Functions',
  sts: 'AWS STS',
};

/** A cloud in which nothing runs: enough to read its tables and to be refused by it. */
export const emptyCloud = (): Cloud =>
  new Cloud({
    kernel: new VirtualKernel({ seed: 1 }),
    endpoint: 'http://127.0.0.1:4566',
    code: () => undefined,
    host: () => ({}) as never,
    runtime: () => ({}) as never,
  });

/** The text of docs/simulator-coverage.md, from the simulator's own tables. */
export const coveragePage = async (): Promise<string> => {
  const cloud = emptyCloud();
  const services = cloud.dispatcher.services.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `${[
    ...introduction,
    ...(await refusedSection(cloud)),
    ...services.flatMap(serviceSection),
    ...resourceTypesSection(),
    ...eventsSection(),
    ...workflowsSection(),
    ...protocolsSection(),
  ].join('\n')}\n`;
};

const introduction = [
  '# What the simulator models',
  '',
  "Generated from the simulator's own tables by `npm run coverage:simulator`; a test fails when the two differ. *Modelled*",
  'is what AWS documents, in full. *Partly* is the same without what stands beside it, which is refused by name with',
  '`NotModelledException` (status 501). So is every action that is not listed.',
];

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `|${head.map(() => '---').join('|')}|`,
  ...rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`),
];

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

const refusedSection = async (cloud: Cloud): Promise<readonly string[]> => {
  const rows: string[][] = [];
  for (const { feature, attempts } of refusedFeatures) {
    // Requests that are answered in the same words, the action's name apart, share a row.
    const askedBy = new Map<string, Set<string>>();
    for (const attempt of attempts) {
      const { code: name, message } = await refusalOf(cloud, attempt);
      const answer = `${code(name)}: ${message.replace(/ \w+:\w+\.$/, ' *action*.')}`;
      const asked = `${code(attempt.action)}${attempt.by ? ` by ${attempt.by}` : ''}`;
      askedBy.set(answer, (askedBy.get(answer) ?? new Set()).add(asked));
    }
    for (const [answer, asked] of askedBy) rows.push([feature, [...asked].join(', '), answer]);
  }
  return [
    '',
    '## Refused on purpose',
    '',
    'Not needed by Spillway, and not planned. Every request below was made while this page was generated.',
    '',
    ...table(['feature', 'asked for by', 'answer'], rows),
  ];
};

/** @throws Error when the simulator does not refuse what its page says it refuses */
export const refusalOf = async (cloud: Cloud, attempt: Attempt): Promise<AwsError> => {
  try {
    await attempt.make(cloud);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NotModelledException') return error;
    throw new Error(`${attempt.action} was to be refused by name, but failed otherwise`, { cause: error });
  }
  throw new Error(`${attempt.action} was to be refused by name, but was answered`);
};

const serviceSection = ({ name, actions }: SimulatedService): readonly string[] => {
  const rows = Object.entries(actions)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, { refuses = [], partly }]) => {
      const missing = [
        ...(refuses.length > 0 ? [`${refuses.length > 1 ? 'the parameters' : 'the parameter'} ${codes(refuses)}`] : []),
        ...(partly ? [partly] : []),
      ];
      return [code(action), missing.length > 0 ? 'partly' : 'modelled', missing.join('; ')];
    });
  return ['', `## ${titles[name]} (${code(name)})`, '', ...table(['action', 'state', 'what is missing'], rows)];
};

const resourceTypesSection = (): readonly string[] => {
  const inert = new Set(inertProviders.map(({ type }) => type));
  const rows = Object.values(resourceProviders)
    .filter(({ type }) => !inert.has(type))
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, properties, attributes }) => [
      code(type),
      properties ? codes(properties) : 'all',
      attributes ? codes(attributes) : 'any',
    ]);
  return [
    '',
    '## Resource types of templates',
    '',
    'Each is made, changed and deleted through the actions above. A boot lists properties that it did not carry out.',
    '',
    ...table(['type', 'properties', '`Fn::GetAtt`'], rows),
    '',
    `Custom resources (\`Custom::…\`, \`AWS::CloudFormation::CustomResource\`) call their functions. The simulator has no`,
    'network of its own, so these have an id and attributes and do nothing:',
    `${codes([...inert].toSorted())}.`,
  ];
};

const eventsSection = (): readonly string[] => [
  '',
  '## Events on the default bus',
  '',
  ...table(
    ['source', 'detail-type'],
    Object.entries(eventKinds).map(([source, kinds]) => [code(source), codes(kinds)]),
  ),
];

const workflowsSection = (): readonly string[] => [
  '',
  '## States and integrations of Step Functions',
  '',
  'Standard workflows in JSONata. A state that resolves to JSONPath is refused when the state machine is created.',
  '',
  ...table(
    ['state', 'fields'],
    Object.entries(fieldsByType).map(([type, fields]) => [type === 'Map' ? 'Map (inline)' : type, codes(fields)]),
  ),
  '',
  ...table(
    ['task', 'waits for'],
    [
      ['the ARN of a function', 'the answer'],
      ...Object.entries(optimizedIntegrations).map(([resource, patterns]) => [
        code(resource),
        patterns.map((pattern) => (pattern === '' ? 'the answer' : code(pattern))).join(', '),
      ]),
      ...sdkServices.map((service) => [
        `\`aws-sdk:${service}:…\`, every action above`,
        'the answer, `waitForTaskToken`',
      ]),
    ],
  ),
];

const protocolsSection = (): readonly string[] => {
  const shaped = [...new Set(Object.values(serviceByShape))].toSorted();
  return [
    '',
    '## Protocols',
    '',
    ...table(
      ['protocol', 'services'],
      [
        ['AWS JSON 1.0 and 1.1', codes(shaped)],
        ['Smithy RPC v2 CBOR', codes(shaped)],
        ['AWS query', queryVersions.map(({ service, version }) => `${code(service)} (${version})`).join(', ')],
        [`Amazon EC2 query`, `${code('ec2')} (${ec2Version})`],
        ['AWS REST JSON', code('lambda')],
        ['OCI distribution (push and pull of images)', code('ecr')],
      ],
    ),
    '',
    'Signatures are not verified; a call without any is refused, and a session key acts as the role it was issued for.',
  ];
};
