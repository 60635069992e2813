import type {
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ElbService } from '../elb-service.ts';
import type { Health } from '../target.ts';

export const describeTargetHealth: ActionDefinition<ElbService, DescribeTargetHealthInput, DescribeTargetHealthOutput> =
  {
    refuses: ['Include'],
    run: (service, input) => {
      const group = service.targetGroup(input.TargetGroupArn);
      const registered = group.targets.map(({ target }) => target);
      const asked = input.Targets?.length
        ? input.Targets.map(({ Id, Port }) => ({
            id: Id ?? '',
            port: Port ?? registered.find(({ id }) => id === Id)?.port ?? group.port,
          }))
        : registered;
      return {
        TargetHealthDescriptions: asked.map(({ id, port }) => describe(id, port, group.healthOf(id))),
      };
    },
  };

const describe = (Id: string, Port: number, { state, reason, description }: Health): TargetHealthDescription => ({
  Target: { Id, Port },
  HealthCheckPort: String(Port),
  TargetHealth: {
    State: state,
    ...(reason === undefined ? {} : { Reason: reason }),
    ...(description === undefined ? {} : { Description: description }),
  },
});
