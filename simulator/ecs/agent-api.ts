import type { Failure, ProtectedTask } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud/aws-error.ts';
import type { AgentAnswer, AgentRequest, SessionCredentials } from '../cloud/ports.ts';
import type { Caller, ServiceContext } from '../cloud/service.ts';
import { sleep } from '../kernel/kernel.ts';
import type { TaskRecord } from './model.ts';

/** How long the agent waits for ECS's answer before it gives up (amazon-ecs-agent, task protection handler). */
const ecsCallTimeoutMs = 4_000;
const path = '/task-protection/v1/state';

/**
 * What the ECS agent serves to a task at `$ECS_AGENT_URI`: the state of its scale-in protection, passed on to ECS with the
 * credentials of the task role (DG:task-scale-in-protection-endpoint). Without a link the agent can neither set nor renew it.
 */
export const answerTask = async (
  ctx: ServiceContext,
  task: TaskRecord,
  credentials: (() => SessionCredentials) | undefined,
  request: AgentRequest,
): Promise<AgentAnswer> => {
  const refuse = (status: number, code: string, message: string): AgentAnswer => ({
    status,
    body: { requestID: ctx.kernel.uuid('ecs.agent-request'), error: { Arn: task.arn, Code: code, Message: message } },
  });
  if (request.path !== path) return { status: 404, body: '404 page not found' };
  if (request.method !== 'PUT' && request.method !== 'GET') return { status: 405, body: '' };
  const { ProtectionEnabled, ExpiresInMinutes } = (request.body ?? {}) as {
    readonly ProtectionEnabled?: unknown;
    readonly ExpiresInMinutes?: unknown;
  };
  if (request.method === 'PUT' && typeof ProtectionEnabled !== 'boolean') {
    return refuse(400, 'InvalidParameterException', "Invalid request: does not contain 'ProtectionEnabled' field");
  }
  if (!credentials) {
    return refuse(403, 'AccessDeniedException', 'Invalid Request: no task IAM role credentials available for task');
  }
  if (task.instance && !task.instance.linked) {
    await sleep(ctx.kernel, ecsCallTimeoutMs, 'ecs-agent-timeout');
    return refuse(504, 'RequestCanceled', 'Timed out calling Amazon ECS Task Protection API');
  }
  const { roleArn, sessionName } = credentials();
  const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const arn = `arn:aws:sts::${ctx.accountId}:assumed-role/${role}/${sessionName}`;
  const caller: Caller = { kind: 'role', roleArn, sessionName, arn };
  const input = { cluster: task.cluster.name, tasks: [task.arn] };
  const call =
    request.method === 'GET'
      ? { action: 'GetTaskProtection', input }
      : {
          action: 'UpdateTaskProtection',
          input: { ...input, protectionEnabled: ProtectionEnabled, expiresInMinutes: ExpiresInMinutes },
        };
  try {
    const { protectedTasks = [], failures = [] } = (await ctx.call({ service: 'ecs', caller, ...call })) as {
      readonly protectedTasks?: readonly ProtectedTask[];
      readonly failures?: readonly Failure[];
    };
    const [failure] = failures;
    if (failure) {
      return { status: 200, body: { failure: { Arn: failure.arn, Detail: failure.detail, Reason: failure.reason } } };
    }
    const [state] = protectedTasks;
    return {
      status: 200,
      body: {
        protection: {
          // To the second, as in the sample of AWS's page.
          ...(state?.expirationDate && { ExpirationDate: state.expirationDate.toISOString().replace(/\.\d+Z$/, 'Z') }),
          ProtectionEnabled: state?.protectionEnabled ?? false,
          TaskArn: task.arn,
        },
      },
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return refuse(error.status, error.code, error.message);
  }
};
