import { alarmDuringBake } from './alarm-during-bake.ts';
import { crashLoop } from './crash-loop.ts';
import { deploymentDuringRollback } from './deployment-during-rollback.ts';
import { disconnectedInstance } from './disconnected-instance.ts';
import { draining } from './draining.ts';
import type { Drill } from './drill.ts';
import { goodDeployment } from './good-deployment.ts';
import { imageNotFound } from './image-not-found.ts';
import { noRoom } from './no-room.ts';
import { orphan } from './orphan.ts';
import { protectedTask } from './protected-task.ts';
import { spotInterruption } from './spot-interruption.ts';
import { stackUpdateInMidRollout } from './stack-update-in-mid-rollout.ts';
import { supersedingDeployment } from './superseding-deployment.ts';
import { unhealthyTasks } from './unhealthy-tasks.ts';

/** Every drill by the name that the command takes. */
export const drills: Readonly<Record<string, Drill>> = {
  'good-deployment': goodDeployment,
  'image-not-found': imageNotFound,
  'crash-loop': crashLoop,
  'unhealthy-tasks': unhealthyTasks,
  'no-room': noRoom,
  'disconnected-instance': disconnectedInstance,
  'superseding-deployment': supersedingDeployment,
  'deployment-during-rollback': deploymentDuringRollback,
  draining,
  'alarm-during-bake': alarmDuringBake,
  orphan,
  'protected-task': protectedTask,
  'spot-interruption': spotInterruption,
  'stack-update-in-mid-rollout': stackUpdateInMidRollout,
};
