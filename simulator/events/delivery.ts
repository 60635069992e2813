import type { Target } from '@aws-sdk/client-eventbridge';
import { AwsError, notModelled } from '../cloud/aws-error.ts';
import { roleSession } from '../cloud/role-session.ts';
import type { Caller, ServiceContext } from '../cloud/service.ts';
import { startedByRule } from '../cloud/started-by-rule.ts';
import { passedOn } from './actions/put-events.ts';
import type { BusEvent, Rule } from './model.ts';
import { targetInput } from './target-input.ts';

/** Why a target did not take an event, in the words of the dead-letter queue's `ERROR_CODE`. */
type ErrorCode =
  | 'NO_PERMISSIONS'
  | 'NO_RESOURCE'
  | 'INVALID_JSON'
  | 'INVALID_PARAMETER'
  | 'THROTTLING'
  | 'ERROR_FROM_TARGET';

const defaultAttempts = 185;
const defaultAgeSeconds = 86_400;
/** AWS publishes no intervals, only that 185 attempts fill 24 hours: that is 8 minutes each once the growth ends. */
const longestWaitMs = 8 * 60_000;

/**
 * Brings an event to a target: at least once, with retries that back off, and to the dead-letter queue at the end.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export class Delivery {
  readonly #ctx: ServiceContext;
  readonly #rule: Rule;
  readonly #target: Target;
  readonly #event: BusEvent;
  readonly #deadlineMs: number;
  readonly #attemptsMax: number;
  /** Attempts that failed. */
  #failures = 0;

  constructor(ctx: ServiceContext, rule: Rule, target: Target, event: BusEvent) {
    this.#ctx = ctx;
    this.#rule = rule;
    this.#target = target;
    this.#event = event;
    const policy = target.RetryPolicy;
    this.#attemptsMax = policy?.MaximumRetryAttempts ?? defaultAttempts;
    this.#deadlineMs =
      ctx.kernel.now() + ctx.kernel.paced((policy?.MaximumEventAgeInSeconds ?? defaultAgeSeconds) * 1000);
  }

  async run(): Promise<void> {
    const { kernel } = this.#ctx;
    const about = { rule: this.#rule.name, target: this.#target.Id, event: this.#event.id };
    try {
      await this.#attempt();
      kernel.record('event-delivered', about);
      this.#metric('Invocations');
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, isFinal } = classify(error);
      this.#metric('Invocations');
      const exhausted = this.#failures >= this.#attemptsMax;
      const waitMs = this.#waitMs();
      const isTooOld = kernel.now() + kernel.paced(waitMs) >= this.#deadlineMs;
      if (isFinal || exhausted || isTooOld) {
        this.#metric('FailedInvocations');
        const condition = isFinal ? undefined : exhausted ? 'MaximumRetryAttempts' : 'MaximumEventAgeInSeconds';
        kernel.record('event-failed', { ...about, code, error: error.code, condition });
        await this.#toDeadLetters(code, error.message, condition);
        return;
      }
      this.#failures += 1;
      kernel.record('event-retry', { ...about, code, failures: this.#failures });
      kernel.afterAws(waitMs, 'event-retry', () => this.run());
    }
  }

  /** Doubles from a second up, each with a fifth more or less. */
  #waitMs(): number {
    const base = Math.min(longestWaitMs, 1000 * 2 ** Math.min(this.#failures, 20));
    return base * (0.8 + 0.4 * this.#ctx.kernel.draw('event-retry'));
  }

  async #attempt(): Promise<void> {
    const arn = this.#target.Arn ?? '';
    const input = targetInput(this.#target, {
      eventJson: this.#event.json,
      ruleArn: this.#rule.arn,
      ruleName: this.#rule.name,
      ingestedAt: this.#event.ingestedAt,
    });
    const service = arn.split(':')[2];
    switch (service) {
      case 'lambda':
        requireJson(input);
        await this.#ctx.call({
          service: 'lambda',
          action: 'Invoke',
          caller: this.#asService(),
          input: { FunctionName: arn, InvocationType: 'Event', Payload: new TextEncoder().encode(input) },
        });
        return;
      case 'states':
        requireJson(input);
        await this.#ctx.call({
          service: 'states',
          action: 'StartExecution',
          caller: this.#asRole(),
          input: { stateMachineArn: arn, name: this.#ctx.kernel.uuid('event-execution-name'), input },
        });
        return;
      case 'codepipeline':
        // The input is of no use to a pipeline; that a rule has started it is seen from the caller.
        await this.#ctx.call({
          service: 'codepipeline',
          action: 'StartPipelineExecution',
          caller: this.#asRole(),
          input: { name: arn.split(':').at(-1), [startedByRule]: this.#rule.arn },
        });
        return;
      case 'sns':
        await this.#ctx.call({
          service: 'sns',
          action: 'Publish',
          caller: this.#asService(),
          input: { TopicArn: arn, Message: input },
        });
        return;
      case 'sqs':
        await this.#ctx.call({
          service: 'sqs',
          action: 'SendMessage',
          caller: this.#asService(),
          input: { QueueUrl: queueUrl(arn), MessageBody: input },
        });
        return;
      case 'events':
        await this.#ctx.call({
          service: 'events',
          action: 'PutEvents',
          caller: this.#target.RoleArn ? this.#asRole() : this.#asService(),
          input: { Entries: [{ EventBusName: arn }], [passedOn]: this.#event },
        });
        return;
      case 'logs':
        this.#ctx.log({ group: groupOf(arn), stream: this.#event.id, message: input });
        return;
      case 'ecs':
        requireJson(input);
        await this.#ctx.call({
          service: 'ecs',
          action: 'RunTask',
          caller: this.#asRole(),
          input: taskOf(this.#target, this.#rule, input),
        });
        return;
      default:
        throw notModelled(`deliveries to targets of the kind '${service}' (${arn})`);
    }
  }

  async #toDeadLetters(code: ErrorCode, message: string, condition: string | undefined): Promise<void> {
    const arn = this.#target.DeadLetterConfig?.Arn;
    if (!arn) return;
    const attributes: Readonly<Record<string, string | undefined>> = {
      RULE_ARN: this.#rule.arn,
      TARGET_ARN: this.#target.Arn,
      ERROR_CODE: code,
      ERROR_MESSAGE: message,
      RETRY_ATTEMPTS: String(this.#failures),
      EXHAUSTED_RETRY_CONDITION: condition,
    };
    try {
      await this.#ctx.call({
        service: 'sqs',
        action: 'SendMessage',
        caller: this.#asService(),
        input: {
          QueueUrl: queueUrl(arn),
          MessageBody: this.#event.json,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes)
              .filter(([, value]) => value !== undefined && value !== '')
              .map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
          ),
        },
      });
      this.#metric('InvocationsSentToDlq');
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#ctx.kernel.record('event-lost', { rule: this.#rule.name, event: this.#event.id, error: error.code });
      this.#metric('InvocationsFailedToBeSentToDlq');
    }
  }

  #asService(): Caller {
    return { kind: 'service', principal: 'events.amazonaws.com', sourceArn: this.#rule.arn };
  }

  #asRole(): Caller {
    return roleSession(this.#target.RoleArn ?? '', this.#ctx.kernel.hex('event-role-session', 32));
  }

  #metric(name: string): void {
    this.#ctx.metric({
      namespace: 'AWS/Events',
      name,
      dimensions: { RuleName: this.#rule.name },
      value: 1,
      unit: 'Count',
    });
  }
}

/** The task that a target on a cluster starts; the input holds its overrides (eb-run-ecs-task). */
const taskOf = ({ Arn, EcsParameters: ecs }: Target, rule: Rule, input: string): object => {
  const vpc = ecs?.NetworkConfiguration?.awsvpcConfiguration;
  const { containerOverrides, cpu, memory } = JSON.parse(input) as Readonly<Record<string, unknown>>;
  return {
    cluster: Arn,
    taskDefinition: ecs?.TaskDefinitionArn,
    count: ecs?.TaskCount ?? 1,
    launchType: ecs?.LaunchType,
    group: ecs?.Group,
    platformVersion: ecs?.PlatformVersion,
    propagateTags: ecs?.PropagateTags,
    networkConfiguration: vpc && {
      awsvpcConfiguration: {
        subnets: vpc.Subnets,
        securityGroups: vpc.SecurityGroups,
        assignPublicIp: vpc.AssignPublicIp,
      },
    },
    startedBy: `events-rule/${rule.name}`.slice(0, 36),
    overrides: { containerOverrides, cpu, memory },
  };
};

const queueUrl = (arn: string): string => {
  const [, , , region, account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
};

const groupOf = (arn: string): string => arn.split(':log-group:')[1]?.replace(/:\*$/, '') ?? arn;

const requireJson = (text: string): void => {
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('InvalidJson', 'The transformed input is not valid JSON.');
  }
};

/** Missing permissions and missing resources are not tried again; throttling and failures of AWS are. */
const classify = (error: AwsError): { readonly code: ErrorCode; readonly isFinal: boolean } => {
  if (error.code === 'InvalidJson') return { code: 'INVALID_JSON', isFinal: true };
  if (/AccessDenied|AuthorizationError|NotAuthorized|KMSAccess/.test(error.code))
    return { code: 'NO_PERMISSIONS', isFinal: true };
  if (/NotFound|DoesNotExist|NonExistent/.test(error.code)) return { code: 'NO_RESOURCE', isFinal: true };
  if (/Throttl|TooManyRequests|LimitExceeded/.test(error.code)) return { code: 'THROTTLING', isFinal: false };
  if (error.status >= 500) return { code: 'ERROR_FROM_TARGET', isFinal: error.code === 'NotModelledException' };
  return { code: 'INVALID_PARAMETER', isFinal: true };
};
