import type { ServiceConfiguration } from './configuration.ts';
import { isKeepTag } from './keep-tag.ts';

/** An image that was pushed. */
export interface Push {
  readonly repository: string;
  readonly digest: string;
  /** Left out for a push without tag: the children of an index are pushed so, before the index itself. */
  readonly tag: string | undefined;
}

export type StartDecision = { readonly kind: 'start' } | { readonly kind: 'ignore'; readonly reason: string };

/** Whether a push starts a rollout. Each service has one automatic trigger, so that a push cannot outrun an approval. */
export const decideStart = (push: Push, service: ServiceConfiguration | undefined): StartDecision => {
  if (!service) return { kind: 'ignore', reason: `${push.repository} is not a service of ours` };
  if (service.rollout.trigger !== 'push') {
    return { kind: 'ignore', reason: `rollouts of ${push.repository} are started by its pipeline` };
  }
  if (push.tag && isKeepTag(push.tag)) {
    return { kind: 'ignore', reason: `${push.tag} is the controller's own tag on a proved image` };
  }
  if (!push.tag) return { kind: 'ignore', reason: `${push.digest} was pushed without a tag` };
  return { kind: 'start' };
};
