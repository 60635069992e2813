import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The parts of the States Language that the checks look at. */
export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Arguments?: Readonly<Record<string, unknown>>;
  readonly TimeoutSeconds?: number | string;
  readonly Seconds?: number | string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string; readonly Assign?: object }[];
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Assign?: Readonly<Record<string, unknown>>;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

export interface Machine {
  readonly name: string;
  readonly text: string;
  readonly QueryLanguage: string;
  readonly TimeoutSeconds: number;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

export const machines: readonly Machine[] = readdirSync(`${root}state-machines`)
  .filter((file) => file.endsWith('.asl.json'))
  .map((file) => {
    const text = readFileSync(`${root}state-machines/${file}`, 'utf8');
    return { ...(JSON.parse(text) as Omit<Machine, 'name' | 'text'>), name: file.replace('.asl.json', ''), text };
  });

/** Folders of functions that have an entry file. */
export const functionFolders: readonly string[] = readdirSync(`${root}functions`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(`${root}functions/${entry.name}`).includes('index.ts'))
  .map(({ name }) => name);

export const machine = (name: string): Machine => {
  const found = machines.find((each) => each.name === name);
  if (!found) throw new Error(`there is no state-machines/${name}.asl.json`);
  return found;
};

/** Seconds that a task's waits between its attempts take at most: full jitter may draw the whole delay every time. */
export const waitSeconds = (retriers: readonly Retrier[]): number => {
  let total = 0;
  for (const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } of retriers) {
    for (let attempt = 0; attempt < MaxAttempts; attempt += 1) {
      total += Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt);
    }
  }
  return total;
};

/** Seconds that a task takes at most with all its attempts, each of `timeoutSeconds`. */
export const worstSeconds = ({ Retry = [] }: State, timeoutSeconds: number): number => {
  const attempts = 1 + Retry.reduce((sum, { MaxAttempts = 3 }) => sum + MaxAttempts, 0);
  return attempts * timeoutSeconds + waitSeconds(Retry);
};
