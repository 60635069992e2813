import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { ServiceName } from '../../simulator/cloud/service.ts';
import type { ScriptStep } from './recorded-cases.ts';

/** The recorder's client names this service otherwise than the simulator does. */
const renamed: Readonly<Record<string, ServiceName>> = { stepfunctions: 'states' };

export const serviceOf = ({ service }: ScriptStep): ServiceName => renamed[service] ?? (service as ServiceName);

/**
 * Recorded scripts set up streams and the like, which the product does not use, to name them as targets of
 * events or actions of alarms. Where such a call carries no expectation, this stands for its answer.
 */
export interface StandIn {
  readonly standIn: string;
  readonly name: string;
}

export const isStandIn = (answer: unknown): answer is StandIn =>
  typeof answer === 'object' && answer !== null && 'standIn' in answer;

export const setUpOnly = ({ service }: ScriptStep, params: unknown): StandIn => {
  const name = Object.entries((params ?? {}) as Readonly<Record<string, unknown>>).find(
    ([key, value]) => /name$/i.test(key) && typeof value === 'string',
  );
  return { standIn: service, name: String(name?.[1] ?? 'set-up') };
};

/** What a later call reads of such an answer: ARNs and URLs look like such, everything else is a name. */
export const readStandIn = ({ standIn, name }: StandIn, pointer: string, { region, accountId }: Cloud): string => {
  if (/arn$/i.test(pointer)) return `arn:aws:${standIn}:${region}:${accountId}:${name}`;
  return /url$/i.test(pointer) ? `https://${standIn}.${region}.amazonaws.com/${name}` : name;
};
