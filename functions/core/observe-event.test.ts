import { describe, expect, it } from 'vitest';
import { newsOf } from './observe-event.ts';

/** Names of ECS's deployment and service events: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
describe('an event of ECS', () => {
  it('tells of the end and of the beginning of a deployment by its id', () => {
    expect(newsOf('SERVICE_DEPLOYMENT_COMPLETED', 'ecs-svc/1')).toEqual({
      kind: 'completed',
      deploymentId: 'ecs-svc/1',
    });
    expect(newsOf('SERVICE_DEPLOYMENT_IN_PROGRESS', 'ecs-svc/1')).toEqual({
      kind: 'deployment-began',
      deploymentId: 'ecs-svc/1',
    });
  });

  it('says nothing of a deployment that it does not name', () => {
    expect(newsOf('SERVICE_DEPLOYMENT_COMPLETED', undefined)).toEqual({ kind: 'nothing' });
    expect(newsOf('SERVICE_DEPLOYMENT_IN_PROGRESS', undefined)).toEqual({ kind: 'nothing' });
  });

  it('is trouble when ECS gives up or cannot start tasks, with or without a deployment', () => {
    for (const name of ['SERVICE_DEPLOYMENT_FAILED', 'SERVICE_TASK_START_IMPAIRED']) {
      expect(newsOf(name, 'ecs-svc/1')).toEqual({ kind: 'trouble', deploymentId: 'ecs-svc/1' });
      expect(newsOf(name, undefined)).toEqual({ kind: 'trouble', deploymentId: undefined });
    }
  });

  it('is nothing to wait for otherwise', () => {
    expect(newsOf('SERVICE_STEADY_STATE', 'ecs-svc/1')).toEqual({ kind: 'nothing' });
    expect(newsOf('', 'ecs-svc/1')).toEqual({ kind: 'nothing' });
  });
});
