import type { Command } from 'commander';
import { readHead, readHistory, sha256 } from '../../functions/adapters/history.ts';
import { allRollouts } from '../../functions/adapters/records.ts';
import type { TableClient } from '../../functions/adapters/table.ts';
import { controllerTableName } from '../../functions/core/configuration.ts';
import { type HistoryLine, type LineMark, verifyHistory } from '../../functions/core/history.ts';
import { allServices } from '../../functions/core/requests.ts';
import { toldEnds } from '../../functions/core/rollout-story.ts';
import { type Context, checkService, NotAccepted } from '../context.ts';
import { table as columns, dateTime } from '../words.ts';

export const addHistory = (program: Command, context: Context): void => {
  const table = (): TableClient => ({ client: context.connection().dynamodb, name: controllerTableName });

  program
    .command('explain')
    .description('the story of a rollout, a burst or an operation, from what was recorded, with times and sources')
    .argument('<service>', "one of spillway.config.ts, or '*' for what was done to all")
    .argument('[id]', 'of the rollout, burst or operation; left out: the newest rollout or burst')
    .option('--json', 'print one JSON document')
    .action(async (service: string, id: string | undefined, options: { readonly json?: boolean }) => {
      if (service !== allServices) checkService(await context.configuration(), service);
      const lines = await readHistory(table(), service);
      const subject = id ?? lines.findLast(({ kind }) => kind === 'rollout' || kind === 'burst')?.subject;
      const story = lines.filter((line) => line.subject === subject);
      if (story.length === 0) {
        const known = [...new Set(lines.map((line) => line.subject))].slice(-5).toReversed();
        throw new NotAccepted(
          `Nothing is recorded of ${id === undefined ? service : `'${id}' in ${service}`}. ` +
            (known.length > 0 ? `The newest are: ${known.join(', ')}.` : 'Its history is empty.'),
        );
      }
      context.out(options.json ? JSON.stringify(story, null, 2) : tell(service, story));
    });

  program
    .command('verify-history')
    .description('prove that no line of a history was changed, taken out or put in later, and that its end is there')
    .argument('<service>', "one of spillway.config.ts, or '*' for what was done to all")
    .option('--known <number:hash>', 'a line that was seen before, as this command printed it')
    .option('--json', 'print one JSON document')
    .action(async (service: string, options: { readonly known?: string; readonly json?: boolean }) => {
      if (service !== allServices) checkService(await context.configuration(), service);
      const known = parseKnown(options.known);
      // Before the lines, which are written first: what is told meanwhile is not missed.
      const head = await readHead(table(), service);
      const ended = toldEnds(await allRollouts(table(), service), context.clock.now());
      const proof = verifyHistory(await readHistory(table(), service), sha256, { known, head, ended });
      if (options.json) context.out(JSON.stringify({ service, ...proof }, null, 2));
      else if (proof.kind === 'broken') context.out(`The history of ${service} is broken: ${proof.reason}.`);
      else {
        context.out(`The history of ${service} is whole: ${proof.reason}.`);
        if (proof.lines > 0) context.out(`Keep this to prove it later: --known ${proof.lines}:${proof.head}`);
      }
      context.exit(proof.kind === 'whole' ? 0 : 1);
    });
};

const parseKnown = (text: string | undefined): LineMark | undefined => {
  if (text === undefined) return undefined;
  const [, number, hash] = /^([1-9]\d{0,8}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined)
    throw new NotAccepted(`'${text}' is no known line. Accepted: <number>:<64 hexadecimal digits>.`);
  return { number: Number(number), hash };
};

const tell = (service: string, story: readonly HistoryLine[]): string => {
  const [first] = story;
  return [
    `${first?.kind} ${first?.subject} of ${service === allServices ? 'all services' : service}${first?.actor ? `, by ${first.actor}` : ''}`,
    ...columns(
      // Some is told only once it can be, after what came later.
      story
        .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
        .map(({ at, text, source }) => [dateTime(at), `[${source}]`, text]),
      '  ',
    ),
  ].join('\n');
};
