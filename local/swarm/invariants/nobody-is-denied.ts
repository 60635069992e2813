import { deniedSince } from '../../world/denied-since.ts';
import type { Facts } from '../facts.ts';
import type { Invariant } from '../invariant.ts';

const denials = (facts: Facts): readonly string[] =>
  deniedSince(facts.deniedAtCreation, facts.world.world.cloud.iam.denials()).map(
    ({ who, action }) => `${who.split('/').at(-1)} ${action}`,
  );

export const nobodyIsDenied = (): Invariant => ({
  rule: 'IAM denies nothing that the controller does',
  atTheEnd: denials,
});
