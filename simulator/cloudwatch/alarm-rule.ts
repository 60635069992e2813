import { validation } from './errors.ts';
import type { AlarmState } from './verdict.ts';

/** The rule of a composite alarm: which states of which other alarms mean ALARM. */
export interface CompositeRule {
  /** Names or ARNs, as the rule gives them, each once. */
  readonly alarms: readonly string[];
  holds(stateOf: (alarm: string) => AlarmState | undefined): boolean;
}

type Node = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;

const token = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()"']+))/y;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html @throws AwsError */
export const parseRule = (text: string): CompositeRule => {
  const tokens = tokensOf(text);
  const alarms = new Set<string>();
  let position = 0;

  const isNext = (word: string): boolean => {
    const next = tokens[position];
    return next !== undefined && !next.quoted && next.text.toUpperCase() === word;
  };
  const take = (): Token => {
    const next = tokens[position];
    if (!next) throw invalid(text);
    position += 1;
    return next;
  };
  const expect = (word: string): void => {
    if (!isNext(word)) throw invalid(text);
    position += 1;
  };
  const either = (): Node => {
    const parts = [both()];
    while (isNext('OR')) {
      position += 1;
      parts.push(both());
    }
    return (stateOf) => parts.some((part) => part(stateOf));
  };
  const both = (): Node => {
    const parts = [one()];
    while (isNext('AND')) {
      position += 1;
      parts.push(one());
    }
    return (stateOf) => parts.every((part) => part(stateOf));
  };
  const one = (): Node => {
    const { text: word, quoted } = take();
    if (quoted) throw invalid(text);
    switch (word.toUpperCase()) {
      case 'NOT': {
        const negated = one();
        return (stateOf) => !negated(stateOf);
      }
      case 'TRUE':
        return () => true;
      case 'FALSE':
        return () => false;
      case '(': {
        const inner = either();
        expect(')');
        return inner;
      }
      case 'ALARM':
      case 'OK':
      case 'INSUFFICIENT_DATA': {
        expect('(');
        const { text: alarm } = take();
        expect(')');
        alarms.add(alarm);
        return (stateOf) => stateOf(alarm) === word.toUpperCase();
      }
      default:
        throw invalid(text);
    }
  };

  const holds = either();
  if (position < tokens.length) throw invalid(text);
  return { alarms: [...alarms], holds };
};

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text);
    if (!match) throw invalid(text);
    const [, bracket, double, single, word] = match;
    const quoted = double ?? single;
    tokens.push(
      quoted === undefined
        ? { text: (bracket ?? word) as string, quoted: false }
        : { text: quoted.replace(/\\(.)/g, '$1'), quoted: true },
    );
  }
  return tokens;
};

const invalid = (text: string) => validation(`The alarm rule '${text}' is not valid.`);
