import type { DescribeExecutionOutput, StartExecutionOutput } from '@aws-sdk/client-sfn';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionHost, ActionProvider, Outcome } from './provider.ts';

/**
 * Starts an execution that is named after the action's own and asks for its end again and again. Neither a timeout nor
 * a stopped pipeline stops the execution.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html
 */
export const stepFunctionsInvoke: ActionProvider = {
  category: 'Invoke',
  provider: 'StepFunctions',
  required: ['StateMachineArn'],
  optional: ['ExecutionNamePrefix', 'Input', 'InputType'],
  inputs: [0, 1],
  outputs: [0, 1],
  timeoutMs: 7 * 86_400_000,
  run: async (host) => {
    const { run, configuration, call } = host;
    const { StateMachineArn: stateMachineArn = '', ExecutionNamePrefix: prefix } = configuration;
    const input = inputOf(host);
    if (typeof input !== 'string') return input;
    // The type decides whether the action waits: the action's role needs states:DescribeStateMachine for it.
    await call('states', 'DescribeStateMachine', { stateMachineArn });
    const { executionArn = '' } = await call<StartExecutionOutput>('states', 'StartExecution', {
      stateMachineArn,
      name: prefix ? `${prefix}-${run.id}` : run.id,
      input,
    });
    run.external = {
      id: executionArn,
      url: `https://console.aws.amazon.com/states/home?region=${host.ctx.region}#/executions/details/${executionArn}`,
    };
    return untilEnded(host, executionArn);
  },
};

const inputOf = ({ run, configuration }: ActionHost): string | Outcome => {
  const { Input: given, InputType: type = 'Literal' } = configuration;
  if (type === 'Literal') return given ?? '{}';
  const text = run.inputArtifacts[0]?.files[given ?? ''];
  return (
    text ?? {
      ok: false,
      code: 'ConfigurationError',
      message: `The input artifact has no file '${given}'.`,
    }
  );
};

const untilEnded = async (host: ActionHost, executionArn: string): Promise<Outcome> => {
  const { ctx, configuration, signal, call } = host;
  const { external } = host.run;
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      ctx.kernel.afterAws(ctx.fidelity.codepipeline.pollMs, 'codepipeline-poll', resolve);
    });
    if (signal.aborted) break;
    const found = await described(call, executionArn);
    if (!found || found.status === 'RUNNING') continue;
    if (found.status === 'SUCCEEDED')
      return {
        ok: true,
        variables: { StateMachineArn: configuration.StateMachineArn ?? '', ExecutionArn: executionArn },
        files: { 'output.json': found.output ?? '{}' },
        ...(external ? { external } : {}),
      };
    return {
      ok: false,
      code: 'JobFailed',
      message: [`The execution ${executionArn} has ended with the status ${found.status}`, found.error, found.cause]
        .filter((part) => part !== undefined)
        .join(': '),
      ...(external ? { external } : {}),
    };
  }
  return { ok: false, code: 'JobFailed', message: 'The action was given up.' };
};

/** Nothing while Step Functions is throttled or fails: it is asked again. */
const described = async (
  call: ActionHost['call'],
  executionArn: string,
): Promise<DescribeExecutionOutput | undefined> => {
  try {
    return await call<DescribeExecutionOutput>('states', 'DescribeExecution', { executionArn });
  } catch (error) {
    if (error instanceof AwsError && (error.code === 'ThrottlingException' || error.status >= 500)) return undefined;
    throw error;
  }
};
