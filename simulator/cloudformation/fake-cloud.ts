import { AwsError } from '../cloud/aws-error.ts';
import { defaultFidelity } from '../cloud/fidelity.ts';
import type { ApiCall, EmittedEvent } from '../cloud/service.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { CloudFormationService, type DeployRequest } from './cloudformation-service.ts';
import type { JsonObject } from './json.ts';
import type { StackResult } from './stack.ts';

/** What a fake API answers: a value, or a function of the input that may throw. */
export type FakeAnswer = JsonObject | ((input: JsonObject) => JsonObject | undefined);

/**
 * CloudFormation in virtual time before fake APIs, for tests: every call of another service is noted as
 * `service:Action` and answered from a table, by default with what creates need.
 */
export class FakeCloud {
  readonly kernel: VirtualKernel;
  readonly service: CloudFormationService;
  readonly calls: { readonly name: string; readonly input: JsonObject }[] = [];
  readonly events: EmittedEvent[] = [];
  readonly answers: Record<string, FakeAnswer>;

  constructor(answers: Readonly<Record<string, FakeAnswer>> = {}, seed = 1) {
    this.kernel = new VirtualKernel({ seed });
    this.answers = { ...defaultAnswers, ...answers };
    this.service = new CloudFormationService(
      {
        kernel: this.kernel,
        accountId: '123456789012',
        region: 'us-east-1',
        fidelity: defaultFidelity,
        call: async (call) => this.#answer(call),
        emit: (event) => void this.events.push(event),
        metric: () => undefined,
        log: () => undefined,
      },
      { responseUrlBase: 'http://127.0.0.1:4566' },
    );
  }

  /** Names of the calls so far. */
  names(): readonly string[] {
    return this.calls.map((call) => call.name);
  }

  inputsOf(name: string): readonly JsonObject[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.input);
  }

  /** Deploys and lets virtual time pass until it is done. */
  async deploy(
    resources: JsonObject,
    more: JsonObject = {},
    request: Partial<DeployRequest> = {},
  ): Promise<StackResult> {
    return this.settle(
      this.service.deploy({ stackName: 'Test', template: { Resources: resources, ...more }, ...request }),
    );
  }

  /** Lets virtual time pass until a promise settles. */
  async settle<Value>(promise: Promise<Value>): Promise<Value> {
    let settled = false;
    promise.then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    await this.kernel.run({ untilMs: this.kernel.now() + 86_400_000, done: () => settled });
    return promise;
  }

  /** Calls an action of CloudFormation itself as an API client would. */
  async api(action: keyof CloudFormationService['actions'], input: JsonObject): Promise<JsonObject> {
    const definition = this.service.actions[action] as {
      run: (service: CloudFormationService, input: unknown, call: unknown) => unknown;
    };
    return (await definition.run(this.service, input, {
      caller: { kind: 'operator', arn: 'arn:aws:iam::123456789012:root' },
    })) as JsonObject;
  }

  #answer(call: ApiCall): unknown {
    const name = `${call.service}:${call.action}`;
    const input = call.input as JsonObject;
    this.calls.push({ name, input });
    const answer = this.answers[name];
    return structuredClone((typeof answer === 'function' ? answer(input) : answer) ?? {});
  }
}

/** An answer that fails with an error of the service's model. */
export const failing =
  (code: string, message: string): FakeAnswer =>
  () => {
    throw new AwsError(code, message);
  };

const defaultAnswers: Readonly<Record<string, FakeAnswer>> = {
  'sqs:CreateQueue': (input) => ({ QueueUrl: `http://127.0.0.1:4566/123456789012/${input.QueueName}` }),
  'ec2:CreateSubnet': (input) => ({
    Subnet: { SubnetId: 'subnet-1', AvailabilityZone: input.AvailabilityZone, CidrBlock: input.CidrBlock },
  }),
  'ssm:GetParameter': failing('ParameterNotFound', 'no such parameter'),
  'lambda:CreateFunction': (input) => ({
    FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${input.FunctionName}`,
  }),
};
