/** Every kind of event that the simulated services put on the default bus, by source. */
export const eventKinds = {
  'aws.cloudformation': ['CloudFormation Stack Status Change'],
  'aws.cloudwatch': ['CloudWatch Alarm State Change'],
  'aws.codepipeline': [
    'CodePipeline Action Execution State Change',
    'CodePipeline Pipeline Execution State Change',
    'CodePipeline Stage Execution State Change',
  ],
  'aws.ecr': ['ECR Image Action', 'ECR Image Scan'],
  'aws.ecs': [
    'ECS Container Instance State Change',
    'ECS Deployment State Change',
    'ECS Service Action',
    'ECS Task State Change',
  ],
  'aws.events': ['Scheduled Event'],
  'aws.inspector2': ['Inspector2 Scan'],
  'aws.states': ['Step Functions Execution Status Change'],
} as const;

export type EventSource = keyof typeof eventKinds;

/** What an event calls `detail-type`. */
export type EventKind = (typeof eventKinds)[EventSource][number];
