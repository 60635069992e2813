import { AwsError } from '../cloud/aws-error.ts';

/** The errors of the CodePipeline API. AWS publishes their names; where a text is known from users' logs it is theirs. */
export const codePipelineErrors = {
  noPipeline: (account: string, name: string) =>
    new AwsError('PipelineNotFoundException', `Account '${account}' does not have a pipeline with name '${name}'`),
  noVersion: (name: string, version: number) =>
    new AwsError('PipelineVersionNotFoundException', `Pipeline '${name}' does not have a version ${version}.`),
  nameInUse: (name: string) =>
    new AwsError('PipelineNameInUseException', `A pipeline with the name '${name}' already exists.`),
  noExecution: (pipeline: string, id: string) =>
    new AwsError(
      'PipelineExecutionNotFoundException',
      `The pipeline '${pipeline}' has no execution with the ID '${id}'.`,
    ),
  noStage: (pipeline: string, stage: string) =>
    new AwsError('StageNotFoundException', `The pipeline '${pipeline}' has no stage with the name '${stage}'.`),
  noAction: (stage: string, action: string) =>
    new AwsError('ActionNotFoundException', `The stage '${stage}' has no action with the name '${action}'.`),
  approvalCompleted: () =>
    new AwsError('ApprovalAlreadyCompletedException', 'The approval action has already been approved or rejected.'),
  invalidApprovalToken: () => new AwsError('InvalidApprovalTokenException', 'The approval token is invalid.'),
  notLatest: () =>
    new AwsError(
      'NotLatestPipelineExecutionException',
      'The stage has failed in a later run of the pipeline and the pipelineExecutionId associated with the request is out of date.',
    ),
  notRetryable: (stage: string) =>
    new AwsError(
      'StageNotRetryableException',
      `Unable to retry the stage '${stage}': it has not failed, or the pipeline has changed since it failed.`,
    ),
  notStoppable: (id: string) =>
    new AwsError(
      'PipelineExecutionNotStoppableException',
      `Unable to stop the pipeline execution '${id}': it is not in progress.`,
    ),
  duplicatedStop: (id: string) =>
    new AwsError('DuplicatedStopRequestException', `The pipeline execution '${id}' is already in a Stopping state.`),
  tooManyExecutions: (most: number) =>
    new AwsError(
      'ConcurrentPipelineExecutionsLimitExceededException',
      `The pipeline has reached the limit for concurrent pipeline executions: ${most}.`,
    ),
  invalidToken: () => new AwsError('InvalidNextTokenException', 'The next token was specified in an invalid format.'),
  invalidArn: (arn: string) => new AwsError('InvalidArnException', `The specified resource ARN is invalid: ${arn}`),
  noResource: (arn: string) => new AwsError('ResourceNotFoundException', `The resource ${arn} was not found.`),
  structure: (message: string) => new AwsError('InvalidStructureException', message),
  stage: (message: string) => new AwsError('InvalidStageDeclarationException', message),
  action: (message: string) => new AwsError('InvalidActionDeclarationException', message),
  validation: (message: string) => new AwsError('ValidationException', message),
} as const;
