import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { ExecutionEnvironment, FunctionHost, FunctionSpec } from '../../simulator/cloud/ports.ts';
import { type PythonOutcome, pythonError, pythonJson, runPython, storedFiles } from './python-function.ts';
import type { ScriptStep } from './recorded-cases.ts';

const assumedByLambda = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/**
 * The functions of recorded scripts are Python and come inside the request. The simulated Lambda runs neither, so
 * they are created there as functions from an asset, whose host stands in for them.
 */
export class PythonFunctions implements FunctionHost {
  readonly #sources = new Map<string, string>();

  /** What is asked of the simulated Lambda in place of a recorded call. The recorder's account has the role already. */
  async asked({ service, op }: ScriptStep, params: unknown, cloud: Cloud): Promise<unknown> {
    if (service !== 'lambda' || op !== 'CreateFunction') return params;
    const { Code: code, ...rest } = params as {
      readonly Role?: string;
      readonly Code?: { readonly ZipFile?: Uint8Array };
    };
    if (!code?.ZipFile) return params;
    const RoleName = rest.Role?.split('/').at(-1);
    await cloud.call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: assumedByLambda }).catch(() => {});
    const key = `function-${this.#sources.size + 1}`;
    this.#sources.set(key, storedFiles(code.ZipFile).get('handler.py') ?? '');
    return { ...rest, Runtime: 'nodejs24.x', Code: { S3Bucket: 'stand-ins', S3Key: key } };
  }

  /** The answer as a function in Python has it: its runtime words its errors and spaces its JSON in its own way. */
  answered({ service, op }: ScriptStep, answer: object): object {
    if (service !== 'lambda' || op !== 'Invoke') return answer;
    const { Payload: payload, FunctionError: error } = answer as { Payload?: Uint8Array; FunctionError?: string };
    const value = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    const shown =
      error === undefined
        ? value
        : pythonError(
            {
              ok: false,
              errorType: String(value.errorType),
              errorMessage: String(value.errorMessage),
              trace: (value.trace ?? []) as string[],
            },
            '00000000-0000-4000-8000-000000000000',
          );
    return { ...answer, Payload: new TextEncoder().encode(pythonJson(shown)) };
  }

  async start({ codePath }: FunctionSpec): Promise<ExecutionEnvironment> {
    const source = this.#sources.get(codePath) ?? '';
    return {
      invoke: async ({ payload }) => standInFor(source, payload),
      kill: () => {},
    };
  }
}

/** A function that does more than the stand-in understands fails; the calls around it go on. */
const standInFor = (source: string, payload: unknown): PythonOutcome => {
  try {
    return runPython(source, payload);
  } catch (error) {
    return { ok: false, errorType: 'NoStandIn', errorMessage: (error as Error).message, trace: [] };
  }
};
