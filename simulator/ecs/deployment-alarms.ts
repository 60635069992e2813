import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../cloud/aws-error.ts';
import type { Caller, ServiceContext } from '../cloud/service.ts';
import type { DeploymentRecord, ServiceRecord } from './model.ts';

/** Whether alarms watch the service's deployments. */
export const watchedByAlarms = (service: ServiceRecord, ctx: ServiceContext): boolean =>
  service.deploymentConfiguration.alarms?.enable === true &&
  (service.launchType !== 'EXTERNAL' || ctx.fidelity.ecs.alarmsOnExternal);

/**
 * Deployment alarms: ECS asks CloudWatch for their states as long as a deployment is in progress. An alarm that is in
 * ALARM when the deployment begins is left out for its whole length (DG:deployment-alarm-failure).
 */
export class DeploymentAlarms {
  readonly #ctx: ServiceContext;
  readonly #triggered: (deployment: DeploymentRecord) => void;

  constructor(ctx: ServiceContext, triggered: (deployment: DeploymentRecord) => void) {
    this.#ctx = ctx;
    this.#triggered = triggered;
  }

  begin(deployment: DeploymentRecord): void {
    this.end(deployment);
    deployment.ignoredAlarms = undefined;
    deployment.triggeredAlarms = [];
    if (watchedByAlarms(deployment.service, this.#ctx)) this.#askIn(deployment, 0);
  }

  end(deployment: DeploymentRecord): void {
    deployment.alarmTimer?.cancel();
    deployment.alarmTimer = undefined;
  }

  /** How long ECS goes on watching after everything is in place, where no bake time is given: AWS computes it from the alarms and says only that it is less than five minutes. */
  get bakeMs(): number {
    return this.#ctx.kernel.paced(this.#ctx.fidelity.ecs.alarmBakeMs);
  }

  #askIn(deployment: DeploymentRecord, delayMs: number): void {
    deployment.alarmTimer = this.#ctx.kernel.afterAws(delayMs, 'ecs-deployment-alarms', async () => {
      const alarming = await this.#alarming(deployment.service);
      // It may have ended, or begun anew, while CloudWatch answered.
      if (deployment.alarmTimer === undefined || deployment.rolloutState !== 'IN_PROGRESS') return;
      if (alarming) {
        deployment.ignoredAlarms ??= new Set(alarming);
        const ignored = deployment.ignoredAlarms;
        deployment.triggeredAlarms = alarming.filter((name) => !ignored.has(name));
      }
      if (deployment.triggeredAlarms.length > 0) this.#triggered(deployment);
      else this.#askIn(deployment, this.#ctx.fidelity.ecs.alarmPollMs);
    });
  }

  /** @returns the names of the service's alarms that are in ALARM; undefined where CloudWatch does not answer, which goes unnoticed. */
  async #alarming({ deploymentConfiguration }: ServiceRecord): Promise<readonly string[] | undefined> {
    // The service-linked role of ECS, which AWS gives what ECS needs.
    const arn = `arn:aws:sts::${this.#ctx.accountId}:assumed-role/AWSServiceRoleForECS/ecs-deployment-alarms`;
    const caller: Caller = { kind: 'operator', arn };
    const input = {
      AlarmNames: deploymentConfiguration.alarms?.alarmNames ?? [],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      StateValue: 'ALARM',
    };
    try {
      const call = { service: 'cloudwatch', action: 'DescribeAlarms', input, caller } as const;
      const { MetricAlarms = [], CompositeAlarms = [] } = (await this.#ctx.call(call)) as DescribeAlarmsOutput;
      return [...MetricAlarms, ...CompositeAlarms].flatMap(({ AlarmName }) => AlarmName ?? []);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return undefined;
    }
  }
}
