import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Configuration } from '../../functions/core/configuration.ts';
import { CountAlarm } from '../count-alarm.ts';
import { functionName, type Workflow, workflows } from '../names.ts';
import { ControllerFunction } from './controller-function.ts';
import { ControllerTable } from './controller-table.ts';
import { EventRules } from './event-rules.ts';
import { controllerFunctions, type FunctionPlan } from './function-catalogue.ts';
import type { FunctionCode } from './function-code.ts';
import { Notifications } from './notifications.ts';
import { ServiceSettings } from './service-settings.ts';
import { Undelivered } from './undelivered.ts';
import { readWorkflow } from './workflow-definition.ts';
import { WorkflowMachine } from './workflow-machine.ts';

export interface ControllerStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly code: FunctionCode;
  /** Texts of the state machines' files. */
  readonly workflowTexts: Readonly<Record<Workflow, string>>;
}

const foldersCalledBy = (caller: FunctionPlan['calledBy']): readonly string[] =>
  controllerFunctions.filter((plan) => plan.calledBy === caller).map((plan) => plan.folder);

/** The controller: its memory, its functions, its state machines and what wakes them. */
export class ControllerStack extends Stack {
  constructor(scope: Construct, id: string, props: ControllerStackProps) {
    super(scope, id, props);
    const { configuration, code } = props;
    new ControllerTable(this, 'Memory');
    for (const [service, settings] of Object.entries(configuration.services)) {
      new ServiceSettings(this, `Settings-${service}`, { service, settings });
    }

    const functions = new Map<string, Lambda>(
      controllerFunctions.map((plan) => [
        plan.folder,
        new ControllerFunction(this, plan.folder, { configuration, plan, code }).function,
      ]),
    );
    const folders = [...functions.keys()];
    const definitions = workflows.map(
      (workflow) => [workflow, readWorkflow(workflow, props.workflowTexts[workflow], folders)] as const,
    );
    const invoked = new Set(definitions.flatMap(([, definition]) => [...definition.functions.values()]));
    const idle = foldersCalledBy('state machines').filter((folder) => !invoked.has(folder));
    if (idle.length > 0) throw new Error(`No state machine invokes ${idle.join(', ')}: a placeholder is missing`);
    const machines = new Map(
      definitions.map(([workflow, definition]) => {
        const machine = new WorkflowMachine(this, workflow, {
          configuration,
          workflow,
          definition,
          functions,
        }).machine;
        new CfnOutput(this, `${workflow}StateMachineArn`, { value: machine.stateMachineArn });
        return [workflow, machine] as const;
      }),
    );

    const named = <Value>(map: ReadonlyMap<string, Value>, name: string): Value => {
      const value = map.get(name);
      if (value === undefined) throw new Error(`The controller has no ${name}`);
      return value;
    };
    const undelivered = new Undelivered(this, 'Undelivered').queue;
    new Notifications(this, 'Notifications', { undelivered });
    new EventRules(this, 'Rules', {
      configuration,
      startRollout: named(functions, 'start-rollout'),
      retireRevisions: named(functions, 'retire-revisions'),
      observeScan: named(functions, 'observe-scan'),
      reconcileServices: named(functions, 'reconcile-services'),
      guardExecutions: named(functions, 'guard-executions'),
      observeTwin: named(functions, 'observe-twin'),
      startBurst: named(functions, 'start-burst'),
      burst: named(machines, 'burst'),
      undelivered,
    });

    // No state machine watches these functions: nothing else would tell that they fail.
    for (const folder of foldersCalledBy('rules')) {
      new CountAlarm(this, `Errors-${folder}`, {
        alarmName: `${functionName(folder)}-errors`,
        description: `${functionName(folder)} failed on an event: its log says on which. A lost push is started again with spillway-rollout by hand.`,
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensions: { FunctionName: functionName(folder) },
        statistic: 'Sum',
        atLeast: 1,
      });
    }
  }
}
