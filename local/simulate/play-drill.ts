import { clock, type Drill } from '../drills/drill.ts';
import { runDrill } from '../drills/run-drill.ts';
import { formatLine } from '../timeline/print-timeline.ts';

/** Plays a drill before the eyes of a person, or as JSON. @returns whether every expectation was met. */
export const playDrill = async (
  name: string,
  drill: Drill,
  options: { readonly seed: number; readonly json: boolean },
): Promise<boolean> => {
  const { seed, json } = options;
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
  if (!json) console.log(`Drill ${name}, seed ${seed}. ${drill.title}\n`);
  const { timeline, verdicts, traceHash } = await runDrill(drill, seed, (line) => {
    if (!json) console.log(formatLine(clock(line.atMs), line, colour));
  });
  const ok = verdicts.every((verdict) => verdict.ok);
  if (json) {
    console.log(JSON.stringify({ drill: name, title: drill.title, seed, ok, verdicts, timeline, traceHash }, null, 2));
    return ok;
  }
  console.log('');
  for (const verdict of verdicts) {
    const { rule, source, expected, found } = verdict;
    console.log(`  ${verdict.ok ? 'yes' : 'NO '}  ${rule} (${source})`);
    if (verdict.ok) continue;
    console.log(`       expected: ${expected}`);
    const there = found.map(({ atMs, about, text }) => `${clock(atMs)} ${about}: ${text}`);
    console.log(`       found: ${there.length > 0 ? there.join('\n              ') : 'no such line'}`);
  }
  console.log(`\ntrace ${traceHash}`);
  return ok;
};
