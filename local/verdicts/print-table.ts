import { isRight, type PlayedState } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';

const pair = ({ verdict, cause }: Scenario['expected']): string => `${verdict} (${cause})`;
const widest = (texts: readonly string[]): number => Math.max(...texts.map((text) => text.length));

const line = (scenarios: readonly Scenario[], cells: readonly [string, string, string, string, string]): string => {
  const [state, expected, got, seconds, calls] = cells;
  const first = widest(scenarios.map((one) => one.state));
  const second = widest(scenarios.map((one) => pair(one.expected)));
  return `${state.padEnd(first)}  ${expected.padEnd(second)}  ${got.padEnd(second)}  ${seconds.padStart(7)}  ${calls.padStart(9)}`;
};

export const printTitles = (scenarios: readonly Scenario[]): void =>
  console.log(`      ${line(scenarios, ['end state', 'expected', 'got', 'seconds', 'ECS calls'])}`);

export const printRow = (played: PlayedState, scenarios: readonly Scenario[]): void => {
  const { state, expected, got, seconds, ecsCalls, faults } = played;
  const cells = [state, pair(expected), pair(got), String(seconds), String(ecsCalls)] as const;
  console.log(`${isRight(played) ? 'right' : 'WRONG'} ${line(scenarios, cells)}`);
  for (const fault of faults) console.log(`      ${fault}`);
};
