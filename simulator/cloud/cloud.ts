import { CloudFormationService } from '../cloudformation/cloudformation-service.ts';
import { CloudWatchService } from '../cloudwatch/cloudwatch-service.ts';
import { CodePipelineService } from '../codepipeline/codepipeline-service.ts';
import { DynamoDbService } from '../dynamodb/dynamodb-service.ts';
import { Ec2Service } from '../ec2/ec2-service.ts';
import { EcrService } from '../ecr/ecr-service.ts';
import { EcsService } from '../ecs/ecs-service.ts';
import { ElbService } from '../elb/elb-service.ts';
import { EventsService } from '../events/events-service.ts';
import { IamService } from '../iam/iam-service.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { LambdaService } from '../lambda/lambda-service.ts';
import { LogsService } from '../logs/logs-service.ts';
import { SecretsManagerService } from '../secretsmanager/secretsmanager-service.ts';
import { ServiceQuotasService } from '../servicequotas/servicequotas-service.ts';
import { SnsService } from '../sns/sns-service.ts';
import { SqsService } from '../sqs/sqs-service.ts';
import { SsmService } from '../ssm/ssm-service.ts';
import { StepFunctionsService } from '../stepfunctions/stepfunctions-service.ts';
import { StsService } from '../sts/sts-service.ts';
import { Dispatcher } from './dispatcher.ts';
import { defaultFidelity, type Fidelity } from './fidelity.ts';
import type { FunctionHost, TaskRuntime } from './ports.ts';
import type { Caller, ServiceContext } from './service.ts';

export interface CloudOptions {
  readonly kernel: Kernel;
  /** Runs functions; made once the cloud exists, since a function calls back into it. */
  readonly host: (cloud: Cloud) => FunctionHost;
  /** Runs containers; made once the cloud exists. */
  readonly runtime: (cloud: Cloud) => TaskRuntime;
  /** Folder that holds the code of a function, by the asset's bucket and key. */
  readonly code: (bucket: string, key: string) => string | undefined;
  /** Where callers reach the cloud, `http://127.0.0.1:4566`: part of queue URLs and custom resources' response URLs. */
  readonly endpoint: string;
  readonly accountId?: string;
  readonly region?: string;
  readonly fidelity?: Fidelity;
}

/** AWS in one process: every simulated service, wired to one kernel, one IAM and one event bus. */
export class Cloud {
  readonly kernel: Kernel;
  readonly accountId: string;
  readonly region: string;
  readonly endpoint: string;
  readonly dispatcher: Dispatcher;
  readonly iam: IamService;
  readonly sts: StsService;
  readonly logs: LogsService;
  readonly cloudWatch: CloudWatchService;
  readonly events: EventsService;
  readonly serviceQuotas: ServiceQuotasService;
  readonly sns: SnsService;
  readonly sqs: SqsService;
  readonly dynamoDb: DynamoDbService;
  readonly ssm: SsmService;
  readonly secretsManager: SecretsManagerService;
  readonly ec2: Ec2Service;
  readonly ecr: EcrService;
  readonly elb: ElbService;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly ecs: EcsService;
  readonly codePipeline: CodePipelineService;
  readonly cloudFormation: CloudFormationService;
  /** Whoever holds the operator's credentials: an administrator. */
  readonly operator: Caller;

  constructor(options: CloudOptions) {
    this.kernel = options.kernel;
    this.accountId = options.accountId ?? '123456789012';
    this.region = options.region ?? 'us-east-1';
    this.endpoint = options.endpoint;
    this.operator = { kind: 'operator', arn: `arn:aws:iam::${this.accountId}:user/operator` };
    const context: ServiceContext = {
      kernel: this.kernel,
      accountId: this.accountId,
      region: this.region,
      fidelity: options.fidelity ?? defaultFidelity,
      call: (call) => this.dispatcher.call(call),
      emit: (event) => this.events.deliver(event),
      metric: (metric) => this.cloudWatch.ingest(metric),
      log: (entry) => this.logs.append(entry),
    };
    this.iam = new IamService(context);
    this.dispatcher = new Dispatcher(this.kernel, this.iam.authorize);
    this.sts = new StsService(context, this.iam);
    this.logs = new LogsService(context);
    this.cloudWatch = new CloudWatchService(context);
    this.events = new EventsService(context);
    this.serviceQuotas = new ServiceQuotasService(context);
    this.sns = new SnsService(context);
    this.sqs = new SqsService(context, { queueUrlBase: options.endpoint });
    this.dynamoDb = new DynamoDbService(context);
    this.ssm = new SsmService(context, () => this.ecs.managedMachines());
    this.secretsManager = new SecretsManagerService(context);
    this.ec2 = new Ec2Service(context, { addressesIn: (subnetId) => this.ecs.addressesIn(subnetId) });
    this.ecr = new EcrService(context);
    this.elb = new ElbService(context);
    this.lambda = new LambdaService(context, { host: options.host(this), credentials: this.sts, code: options.code });
    this.stepFunctions = new StepFunctionsService(context);
    this.ecs = new EcsService(context, {
      runtime: options.runtime(this),
      images: this.ecr,
      credentials: this.sts,
      targets: this.elb,
      subnets: this.ec2,
    });
    this.codePipeline = new CodePipelineService(context);
    this.cloudFormation = new CloudFormationService(context, { responseUrlBase: options.endpoint });
    for (const service of [
      this.iam,
      this.sts,
      this.logs,
      this.cloudWatch,
      this.events,
      this.serviceQuotas,
      this.sns,
      this.sqs,
      this.dynamoDb,
      this.ssm,
      this.secretsManager,
      this.ec2,
      this.ecr,
      this.elb,
      this.lambda,
      this.stepFunctions,
      this.ecs,
      this.codePipeline,
      this.cloudFormation,
    ]) {
      this.dispatcher.register(service);
    }
  }

  /** Whether the network carries a caller's requests to AWS, and the answers back. */
  reaches(caller: Caller): boolean {
    return caller.kind !== 'role' || this.ecs.reaches(caller.sessionName);
  }

  /** Calls an API as the operator. @throws AwsError */
  call(service: Parameters<Dispatcher['call']>[0]['service'], action: string, input: unknown): Promise<unknown> {
    return this.dispatcher.call({ service, action, input, caller: this.operator });
  }
}
