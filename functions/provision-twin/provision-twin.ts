import { z } from 'zod';
import {
  acceptedProperties,
  changesBetween,
  changeTwin,
  createTwin,
  deleteTwin,
  readProperties,
  unknownProperties,
} from '../adapters/ecs-service.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** What CloudFormation sends to a custom resource. */
const Input = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.record(z.string(), z.unknown()),
  OldResourceProperties: z.record(z.string(), z.unknown()).optional(),
});
type Input = z.infer<typeof Input>;

interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: Readonly<Record<string, string>>;
}

export interface ProvisionTwinOutput {
  readonly status: Answer['Status'];
  readonly physicalResourceId: string;
  readonly reason: string;
}

/** Stands for a service that was never made, so that its deletion touches nothing that happens to have its name. */
const neverMade = (requestId: string): string => `not-created/${requestId}`;

/**
 * Makes and keeps the ECS service of a twin. After its creation only the properties that changed are sent, never a task
 * definition or a count: those are the controller's, in stack updates and in their rollbacks too.
 */
export const create = (deps: Dependencies<'ecs' | 'http'>): WrappedHandler<ProvisionTwinOutput> => {
  const { ecs, http } = deps.clients;

  const read = (raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> & Place => {
    const properties = readProperties(raw);
    const unknown = unknownProperties(properties);
    if (unknown.length > 0) {
      throw new Error(
        `The twin has properties that are not known: ${unknown.join(', ')}. Known are ${acceptedProperties.join(', ')}.`,
      );
    }
    return { ...properties, ...Place.parse(properties) };
  };

  const act = async (event: Input): Promise<Answer> => {
    const physicalId = event.PhysicalResourceId;
    if (event.RequestType === 'Delete') {
      const [cluster, serviceName] = (physicalId ?? '').split('/');
      if (physicalId && cluster && serviceName && cluster !== 'not-created')
        await deleteTwin(ecs, { cluster, serviceName });
      return { Status: 'SUCCESS', PhysicalResourceId: physicalId ?? neverMade(event.RequestId) };
    }
    const next = read(event.ResourceProperties);
    const id = `${next.cluster}/${next.serviceName}`;
    const data = { Name: next.serviceName };
    // A new name or cluster is a new service: CloudFormation deletes the old one afterwards, by its old id.
    if (event.RequestType === 'Create' || id !== physicalId) {
      await createTwin(ecs, next, event.RequestId.slice(0, 36));
      return { Status: 'SUCCESS', PhysicalResourceId: id, Data: data };
    }
    const old = read(event.OldResourceProperties ?? {});
    if (launchTypeOf(old) !== launchTypeOf(next)) {
      throw new Error(
        `ECS cannot change the launch type of ${next.serviceName} from ${launchTypeOf(old)} to ${launchTypeOf(next)}; give the twin another name.`,
      );
    }
    const changes = changesBetween(old, next);
    const there = Object.keys(changes).length === 0 || (await changeTwin(ecs, next, changes));
    if (!there) await createTwin(ecs, next, event.RequestId.slice(0, 36));
    return { Status: 'SUCCESS', PhysicalResourceId: id, Data: data };
  };

  return wrapHandler({
    folder: 'provision-twin',
    env: deps.env,
    input: Input,
    run: async (event) => {
      let answer: Answer;
      try {
        answer = await act(event);
      } catch (error) {
        // CloudFormation waits for an answer until its timeout, so a failure is told and not thrown: thrown, Lambda
        // would try the same again and the stack would still learn nothing.
        answer = {
          Status: 'FAILED',
          Reason: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
          PhysicalResourceId: event.PhysicalResourceId ?? neverMade(event.RequestId),
        };
      }
      const body = JSON.stringify({
        ...answer,
        StackId: event.StackId,
        RequestId: event.RequestId,
        LogicalResourceId: event.LogicalResourceId,
      });
      const { status } = await http(event.ResponseURL, {
        method: 'PUT',
        // The URL is signed for an empty content type.
        headers: { 'content-type': '' },
        body,
      });
      if (status >= 300) throw new Error(`CloudFormation's response URL answered ${status}.`);
      return { status: answer.Status, physicalResourceId: answer.PhysicalResourceId, reason: answer.Reason ?? '' };
    },
    summary: ({ RequestType, LogicalResourceId }, output) => ({
      request: RequestType,
      resource: LogicalResourceId,
      ...output,
    }),
  });
};

const where = { cluster: z.string().min(1), serviceName: z.string().min(1) };
const Place = z.union([
  z.object({ ...where, launchType: z.enum(['EXTERNAL', 'FARGATE']) }),
  z.object({ ...where, capacityProviderStrategy: z.array(z.unknown()).min(1) }),
]);
type Place = z.infer<typeof Place>;

/** Both capacity providers that a twin may name, FARGATE and FARGATE_SPOT, run tasks of the launch type FARGATE. */
const launchTypeOf = (place: Place): 'EXTERNAL' | 'FARGATE' => ('launchType' in place ? place.launchType : 'FARGATE');
