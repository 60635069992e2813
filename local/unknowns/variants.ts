import { defaultFidelity, type Fidelity } from '../../simulator/cloud/fidelity.ts';
import { type Unknown, unknowns } from '../../simulator/cloud/unknowns.ts';
import { coverPairs } from './pairs.ts';

/** One way in which AWS might behave. */
export interface Variant {
  /** 0: every default. */
  readonly number: number;
  readonly fidelity: Fidelity;
  /** Where it differs from the defaults. */
  readonly differences: readonly { readonly option: string; readonly setting: string }[];
}

/** Ways in which AWS might behave, such that every two settings of any two unknowns occur together in one of them. */
export const variantsOf = (questions: readonly Unknown[]): readonly Variant[] =>
  coverPairs(questions.map(({ settings }) => settings.length)).map((row, number) => {
    const chosen = questions.flatMap(({ option, settings }, index) => {
      const setting = settings[row[index] ?? 0];
      return setting ? [{ option, setting, other: setting !== settings[0] }] : [];
    });
    return {
      number,
      fidelity: chosen.reduce((fidelity, { setting }) => setting.apply(fidelity), defaultFidelity),
      differences: chosen
        .filter(({ other }) => other)
        .map(({ option, setting }) => ({ option, setting: setting.label })),
    };
  });

export const variants: readonly Variant[] = variantsOf(unknowns);

/** The variant under which a run of many seeds plays a seed. */
export const variantOfSeed = (seed: number): Variant => variants[seed % variants.length] as Variant;

/** `all defaults`, or `ecs.healthyAfterMs = 0 ms, eventLagMs = 10 s`. */
export const describeVariant = ({ differences }: Variant): string =>
  differences.map(({ option, setting }) => `${option} = ${setting}`).join(', ') || 'all defaults';
