import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Configuration } from '../../functions/core/configuration.ts';
import { CountAlarm } from '../count-alarm.ts';
import { Arns, type Workflow, workflowName } from '../names.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

export interface WorkflowMachineProps {
  readonly configuration: Configuration;
  readonly workflow: Workflow;
  readonly definition: WorkflowDefinition;
  /** The controller's functions by folder. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
}

/** A state machine from its file, with a role that allows what the file names, and alarms for executions that failed. */
export class WorkflowMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowMachineProps) {
    super(scope, id);
    const { workflow, definition } = props;
    const name = workflowName(workflow);
    const arns = new Arns(this, props.configuration);
    const role = new Role(this, 'Role', {
      description: `Executions of ${name}`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });

    // A running execution keeps the definition it was started with, and this names published versions: an update of
    // the controller changes nothing under it.
    const versions = new Map(
      [...definition.functions].map(([placeholder, folder]) => {
        const target = props.functions.get(folder);
        if (!target) throw new Error(`${name} invokes ${folder}, which is not a function of the controller`);
        return [placeholder, target.currentVersion.functionArn];
      }),
    );
    const machines = new Map(
      [...definition.starts].map(([placeholder, started]) => [placeholder, arns.stateMachine(started)]),
    );
    if (versions.size > 0) {
      // Older versions too: an execution that began before an update of the controller ends with those it began with.
      role.addToPolicy(
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [...new Set(definition.functions.values())].map((folder) => arns.functionVersions(folder)),
        }),
      );
    }
    if (machines.size > 0) {
      role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [...machines.values()] }));
    }
    if (definition.waitsFor.length > 0) {
      role.addToPolicy(
        new PolicyStatement({
          actions: ['states:DescribeExecution', 'states:StopExecution'],
          resources: definition.waitsFor.map((started) => arns.executions(started)),
        }),
      );
      // Step Functions waits by a rule of this name, which it makes itself.
      // https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
      role.addToPolicy(
        new PolicyStatement({
          actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
          resources: [
            Stack.of(this).formatArn({
              service: 'events',
              resource: 'rule',
              resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
            }),
          ],
        }),
      );
    }

    this.machine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      // Inline, so that template and file can be compared: `fromFile` hides the definition in an asset, and takes a
      // misspelt substitution without a word.
      definitionBody: DefinitionBody.fromString(definition.text),
      definitionSubstitutions: Object.fromEntries([...versions, ...machines]),
      role,
      // Adds X-Ray's actions to the role; they have no resource.
      tracingEnabled: true,
    });

    for (const [ending, metricName] of [
      ['failed', 'ExecutionsFailed'],
      ['timed-out', 'ExecutionsTimedOut'],
    ] as const) {
      new CountAlarm(this, `Alarm-${ending}`, {
        alarmName: `${name}-${ending}`,
        description: `An execution of ${name} ended as ${ending}: its history says in which state.`,
        namespace: 'AWS/States',
        metricName,
        dimensions: { StateMachineArn: arns.stateMachine(workflow) },
        statistic: 'Sum',
        atLeast: 1,
      });
    }
  }
}
