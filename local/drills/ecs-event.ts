import type { Line } from './drill.ts';

/** An event of the default bus. */
export interface EcsEvent {
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

type Said = Pick<Line, 'about' | 'text' | 'tone'>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const lastPart = (arn: unknown): string => text(arn).split('/').at(-1) ?? '';
const deploymentId = (id: unknown): string => text(id).replace(/^(ecs-svc\/\d{4})\d+$/, '$1');

/** Ids as a person reads them: the first digits. */
export const shortened = (sentence: string): string =>
  sentence
    .replaceAll(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1')
    .replaceAll(/(ecs-svc\/\d{4})\d+/g, '$1')
    .replace(/ For more information, see .*$/, '');

/** Says what each event of ECS tells. Instances tell of each task that comes and goes: here only of their connection and status. */
export const describeEcsEvent = (): ((event: EcsEvent) => Said | undefined) => {
  const instances = new Map<string, string>();
  const instance = ({ detail }: EcsEvent): Said | undefined => {
    const about = text(detail.ec2InstanceId);
    const now = `${detail.agentConnected ? 'connected' : 'agent disconnected'}, ${text(detail.status)}`;
    const before = instances.get(about);
    instances.set(about, now);
    if (before === now) return undefined;
    return { about, text: `instance is ${now}`, tone: detail.agentConnected ? 'plain' : 'bad' };
  };
  const describers: Readonly<Record<string, (event: EcsEvent) => Said | undefined>> = {
    'ECS Task State Change': task,
    'ECS Deployment State Change': deployment,
    'ECS Service Action': serviceAction,
    'ECS Container Instance State Change': instance,
    'CloudFormation Stack Status Change': stack,
  };
  return (event) => describers[event['detail-type']]?.(event);
};

const task = ({ detail }: EcsEvent): Said => {
  const about = `task ${lastPart(detail.taskArn).slice(0, 8)}`;
  const revision = lastPart(detail.taskDefinitionArn);
  const last = text(detail.lastStatus);
  const desired = text(detail.desiredStatus);
  const told = last === desired ? last : `${last}, to be ${desired}`;
  if (last !== 'STOPPED') return { about, text: `${revision} ${told}`, tone: 'quiet' };
  const bad = detail.stopCode === 'TaskFailedToStart' || detail.stopCode === 'EssentialContainerExited';
  return {
    about,
    text: `${revision} STOPPED, ${text(detail.stopCode)}: ${shortened(text(detail.stoppedReason))}`,
    tone: bad ? 'bad' : 'quiet',
  };
};

const deployment = ({ detail }: EcsEvent): Said => ({
  about: deploymentId(detail.deploymentId),
  text: `${text(detail.eventName)}: ${shortened(text(detail.reason))}`,
  tone: detail.eventType === 'ERROR' ? 'bad' : detail.eventName === 'SERVICE_DEPLOYMENT_COMPLETED' ? 'good' : 'plain',
});

const serviceAction = ({ detail }: EcsEvent): Said => ({
  about: 'service',
  text: `${text(detail.eventName)}${detail.reason ? ` ${text(detail.reason)}` : ''}`,
  tone: detail.eventType === 'INFO' ? 'good' : 'bad',
});

const stack = ({ detail }: EcsEvent): Said => {
  const status = text((detail['status-details'] as { readonly status?: string } | undefined)?.status);
  return { about: 'stack', text: status, tone: /ROLLBACK|FAILED/.test(status) ? 'bad' : 'plain' };
};
