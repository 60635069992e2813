import type { Command } from 'commander';
import { type Context, NotAccepted } from '../context.ts';

const localEndpoint = 'http://127.0.0.1:4566';

interface LinkAnswer {
  readonly machines: readonly string[];
}

/** Faults of the local cloud by hand. They exist nowhere else. */
export const addLocal = (program: Command, context: Context): void => {
  const local = program.command('local').description("faults of the local cloud ('npm start') by hand");
  for (const linked of [false, true]) {
    local
      .command(linked ? 'reconnect-site' : 'disconnect-site')
      .description(
        linked
          ? 'mend the link of a site: agents and tasks reach AWS again'
          : 'cut the link of a site: its agents and tasks reach AWS no more, and go on running',
      )
      .argument('<site>', 'the site of the machines, dc1 in the sample')
      .option('--endpoint <url>', 'where the local cloud listens', context.localEndpoint ?? localEndpoint)
      .option('--json', 'print one JSON document')
      .action(async (site: string, options: { readonly endpoint: string; readonly json?: boolean }) => {
        const answer = await setLinked(options.endpoint, site, linked);
        if (options.json) return context.out(JSON.stringify(answer, null, 2));
        context.out(
          linked
            ? `The link of ${site} is mended: ${answer.machines.length} machines connect again in a few seconds.`
            : `The link of ${site} is cut: ECS notices in a while that ${answer.machines.length} agents are gone; their tasks go on running.`,
        );
      });
  }
};

const setLinked = async (endpoint: string, site: string, linked: boolean): Promise<LinkAnswer> => {
  if (!/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/?$/.test(endpoint))
    throw new NotAccepted(
      `'${endpoint}' is not accepted: only the local cloud has such faults (http://127.0.0.1:<port>).`,
    );
  const response = await fetch(new URL(`/_spillway/sites/${encodeURIComponent(site)}`, endpoint), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ linked }),
  });
  const answer = (await response.json()) as LinkAnswer & { readonly message?: string };
  if (!response.ok) throw new NotAccepted(answer.message ?? `The local cloud answered ${response.status}.`);
  return answer;
};
