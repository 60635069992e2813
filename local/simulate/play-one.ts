import { formatLine, storyClock } from '../timeline/print-timeline.ts';
import { describeVariant, type Variant } from '../unknowns/variants.ts';
import { prepareWorlds } from '../virtual/world.ts';
import { configurationOrExit } from '../world/read-configuration.ts';
import type { Play } from './scenarios.ts';

/** Plays one seed of a scenario before the eyes of a person, or as JSON. @returns whether the story came true. */
export const playOne = async (
  play: Play,
  options: { readonly scenario: string; readonly seed: number; readonly variant: Variant; readonly json: boolean },
): Promise<boolean> => {
  const say = (line: string): void => {
    if (!options.json) console.log(line);
  };
  const startedMs = performance.now();
  const { scenario, seed, variant } = options;
  say(`Scenario ${scenario}, seed ${seed}: loading functions and templates.`);
  if (variant.number > 0) say(`Variant ${variant.number} of AWS's unknowns: ${describeVariant(variant)}.`);
  const material = await prepareWorlds(await configurationOrExit());
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const result = await play(
    material,
    seed,
    (line) => say(formatLine(storyClock(line.sinceStartMs), line, colour)),
    variant.fidelity,
  );
  const wallSeconds = (performance.now() - startedMs) / 1000;
  if (options.json) {
    console.log(
      JSON.stringify({ ...result, variant: variant.number, wallSeconds: Math.round(wallSeconds * 10) / 10 }, null, 2),
    );
  } else {
    console.log('');
    for (const { rule, ok, found } of result.checks)
      console.log(`  ${ok ? 'yes' : 'NO '}  ${rule}${ok ? '' : `: found ${found}`}`);
    const { sent, refused, processed, twice, lost, onFargate } = result.orders;
    console.log(
      `\norders: ${sent} sent, ${processed} processed (${onFargate} on Fargate), ${twice} twice, ${lost} lost${refused > 0 ? `, ${refused} not accepted` : ''}`,
    );
    console.log(
      `${result.virtualSeconds} s of virtual time, ${result.events} events, ${wallSeconds.toFixed(1)} s of wall time`,
    );
    console.log(`trace ${result.traceHash}`);
  }
  return result.checks.every(({ ok }) => ok);
};
