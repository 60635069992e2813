import type { Facts } from '../facts.ts';
import type { Invariant } from '../invariant.ts';

const denials = (facts: Facts): readonly string[] =>
  facts.world.world.cloud.iam
    .denials()
    .filter(
      ({ who, action, resource, count }) => count > (facts.deniedAtCreation.get(`${who} ${action} ${resource}`) ?? 0),
    )
    .map(({ who, action }) => `${who.split('/').at(-1)} ${action}`);

export const nobodyIsDenied = (): Invariant => ({
  rule: 'IAM denies nothing that the controller does',
  atTheEnd: denials,
});
