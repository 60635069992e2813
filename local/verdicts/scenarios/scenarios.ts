import type { Scenario } from '../scenario.ts';
import { bake } from './bake.ts';
import { completed } from './completed.ts';
import { disturbed } from './disturbed.ts';
import { gates } from './gates.ts';
import { refused } from './refused.ts';
import { rolledBack } from './rolled-back.ts';
import { site } from './site.ts';
import { stopped, watched } from './stopped.ts';
import { weather } from './weather.ts';

/** Every end state that is played, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  ...completed,
  ...refused,
  ...gates,
  ...rolledBack,
  ...watched,
  ...stopped,
  ...bake,
  ...disturbed,
  ...weather,
  ...site,
];
