import { instance } from '@viz-js/viz';

/** What of a state is drawn. */
interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '\\"')}"`;

/** A long name in lines of about twenty characters. */
const wrapped = (name: string): string => {
  const lines = [''];
  for (const word of name.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length > 20) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\\n');
};

const looks: Readonly<Record<string, string>> = {
  Choice: 'shape=diamond, fillcolor="#fef9c3", color="#a16207", margin="0.02,0.02"',
  Succeed: 'shape=oval, fillcolor="#dcfce7", color="#15803d"',
  Fail: 'shape=oval, fillcolor="#fee2e2", color="#b91c1c"',
  Wait: 'shape=box, fillcolor="#e0f2fe", color="#0369a1"',
  Pass: 'shape=box, fillcolor="#f1f5f9", color="#64748b"',
};
const calls = 'shape=box, fillcolor="#eef2ff", color="#4338ca"';
const waits = 'shape=box, fillcolor="#e0f2fe", color="#0369a1", style="filled,rounded,bold"';

const lookOf = ({ Type, Resource }: State): string =>
  looks[Type] ?? (Resource?.endsWith('.waitForTaskToken') ? waits : calls);

/** The state machine in Graphviz's language: what is called, what waits for a token, what is chosen, what is caught. */
export const machineGraph = ({ StartAt, States }: Machine): string => {
  const lines = Object.entries(States).flatMap(([name, state]) => {
    const next = [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)];
    const caught = (state.Catch ?? []).map(({ Next }) => Next);
    return [
      `${quoted(name)} [label=${quoted(wrapped(name))}, ${lookOf(state)}];`,
      ...[...new Set(next)].flatMap((to) => (to === undefined ? [] : [`${quoted(name)} -> ${quoted(to)};`])),
      ...[...new Set(caught)].map(
        (to) => `${quoted(name)} -> ${quoted(to)} [style=dashed, color="#b91c1c", constraint=false];`,
      ),
    ];
  });
  return [
    'digraph machine {',
    'rankdir=TB; bgcolor="white"; nodesep=0.3; ranksep=0.35;',
    'node [fontname="Helvetica", fontsize=11, style="filled,rounded", margin="0.12,0.06"];',
    'edge [fontname="Helvetica", fontsize=9, color="#475569", arrowsize=0.7];',
    'start [shape=circle, label="", width=0.18, fillcolor="#0f172a"];',
    `start -> ${quoted(StartAt)};`,
    ...lines,
    '}',
  ].join('\n');
};

/** The picture of a state machine, with its name for those who do not see it. The same file gives the same picture. */
export const machinePicture = async (machine: Machine, name: string): Promise<string> =>
  (await instance())
    .renderString(machineGraph(machine), { format: 'svg', engine: 'dot' })
    .replace('<svg ', `<svg role="img" aria-label="${name}" `);
