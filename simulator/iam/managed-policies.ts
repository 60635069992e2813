import { notModelled } from '../cloud/aws-error.ts';

const allow = (...actions: readonly string[]) => ({ Effect: 'Allow', Action: actions, Resource: '*' });

const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const pulling = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
];

/** The statements of AWS's own policies, as the AWS managed policy reference has them. */
const statements: Readonly<Record<string, readonly unknown[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': [allow('logs:CreateLogGroup', ...logging)],
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    {
      Sid: 'AWSLambdaVPCAccessExecutionPermissions',
      ...allow(
        'logs:CreateLogGroup',
        ...logging,
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ),
    },
  ],
  'service-role/AmazonECSTaskExecutionRolePolicy': [allow(...pulling, ...logging)],
  'service-role/AmazonEC2ContainerServiceforEC2Role': [
    allow(
      'ec2:DescribeTags',
      'ecs:CreateCluster',
      'ecs:DeregisterContainerInstance',
      'ecs:DiscoverPollEndpoint',
      'ecs:Poll',
      'ecs:RegisterContainerInstance',
      'ecs:StartTelemetrySession',
      'ecs:UpdateContainerInstancesState',
      'ecs:Submit*',
      ...pulling,
      ...logging,
    ),
    {
      Effect: 'Allow',
      Action: 'ecs:TagResource',
      Resource: '*',
      Condition: { StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'RegisterContainerInstance'] } },
    },
    allow('ecs:ListTagsForResource'),
  ],
  AmazonSSMManagedInstanceCore: [
    allow(
      'ssm:DescribeAssociation',
      'ssm:GetDeployablePatchSnapshotForInstance',
      'ssm:GetDocument',
      'ssm:DescribeDocument',
      'ssm:GetManifest',
      'ssm:GetParameter',
      'ssm:GetParameters',
      'ssm:ListAssociations',
      'ssm:ListInstanceAssociations',
      'ssm:PutInventory',
      'ssm:PutComplianceItems',
      'ssm:PutConfigurePackageResult',
      'ssm:UpdateAssociationStatus',
      'ssm:UpdateInstanceAssociationStatus',
      'ssm:UpdateInstanceInformation',
    ),
    allow(
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ),
    allow(
      'ec2messages:AcknowledgeMessage',
      'ec2messages:DeleteMessage',
      'ec2messages:FailMessage',
      'ec2messages:GetEndpoint',
      'ec2messages:GetMessages',
      'ec2messages:SendReply',
    ),
  ],
  AWSXRayDaemonWriteAccess: [
    allow(
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ),
  ],
};

const prefix = 'arn:aws:iam::aws:policy/';

export const isAwsManaged = (policyArn: string): boolean => policyArn.startsWith(prefix);

/** The document of one of AWS's policies. @throws AwsError `NotModelledException` that names a policy it does not hold. */
export const awsManagedPolicy = (policyArn: string): { readonly Version: string; readonly Statement: unknown } => {
  const found = statements[policyArn.slice(prefix.length)];
  if (!found) throw notModelled(`the AWS managed policy ${policyArn}`);
  return { Version: '2012-10-17', Statement: found };
};
