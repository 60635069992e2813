import type { Command } from 'commander';
import type { Check, ReleasePlan, TwinDiff } from '../../functions/core/release-plan.ts';
import { type Context, checkService } from '../context.ts';
import { follow, start } from '../executions.ts';
import { oneLine, shortHex, table } from '../words.ts';

const marks: Readonly<Record<Check['outcome'], string>> = { ok: 'ok', waits: 'waits', warns: 'warning', refuses: 'NO' };

const tellCount = ({ desiredCount: { now, after, base } }: TwinDiff): string =>
  now === after
    ? `desired count: stays ${now}${now === base ? '' : `, which is not its base of ${base}`}`
    : `desired count: ${now} -> ${after}, its base`;

/** A plan as people read it. */
export const tellPlan = ({
  service,
  image,
  digest,
  wouldStart,
  reason,
  checks,
  twins,
  estimate,
}: ReleasePlan): string =>
  [
    `${service}: ${image}${digest ? ` (${shortHex(digest)})` : ''}`,
    ...twins.flatMap((diff) => [
      '',
      `  ${diff.twin}, now ${diff.from.slice(diff.from.lastIndexOf('/') + 1)}: ${diff.changes.length === 0 ? 'nothing changes' : ''}`.trimEnd(),
      `    ${tellCount(diff)}`,
      ...diff.changes.map((change) => `    ${change.field}: ${change.old ?? 'nothing'} -> ${change.new ?? 'nothing'}`),
    ]),
    '',
    ...table(
      checks.map(({ check, outcome, reason: why }) => [marks[outcome], check, why]),
      '  ',
    ),
    ...(estimate ? ['', `  takes about ${estimate.seconds} s (${estimate.reason})`] : []),
    '',
    oneLine(wouldStart ? reason : `A rollout would be refused: ${reason}`),
  ].join('\n');

export const addPlan = (program: Command, context: Context): void => {
  program
    .command('plan')
    .description(
      'say what a rollout would change and whether it would start; writes nothing. Exit code 2: it would be refused',
    )
    .argument('<service>', 'one of spillway.config.ts')
    .argument('<image>', 'a tag, a digest (sha256:…) or a full reference')
    .option('--json', 'print one JSON document')
    .action(async (service: string, image: string, options: { readonly json?: boolean }) => {
      checkService(await context.configuration(), service);
      const input = { action: 'plan', service, image, actor: context.actor };
      const ended = await follow(context, await start(context.connection(), 'operate', input));
      if (!ended.succeeded) {
        context.out(
          options.json ? JSON.stringify(ended, null, 2) : `${ended.verdict} (${ended.cause}): ${oneLine(ended.reason)}`,
        );
        return context.exit(ended.exitCode);
      }
      const plan = ended.output as unknown as ReleasePlan;
      context.out(options.json ? JSON.stringify(plan, null, 2) : tellPlan(plan));
      context.exit(plan.wouldStart ? 0 : 2);
    });
};
