import { AwsError } from '../../simulator/cloud/aws-error.ts';

/** Lines for a person who watches one seed. */
export type OnLine = (atMs: number, text: string) => void;

/** What one seed drew, did and came to. */
export interface SwarmOutcome {
  readonly seed: number;
  readonly traceHash: string;
  readonly virtualSeconds: number;
  readonly events: number;
  /** Executions of the swarm's machine that ended. */
  readonly ended: number;
  /** Sentences; empty when no rule was broken. */
  readonly broken: readonly string[];
  /** How often each fault struck and each act was done. */
  readonly drawn: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  /** States of the machine that were entered. */
  readonly entered: readonly string[];
}

/** A kind of storm: what is played, and what may befall it. */
export interface Swarm {
  /** The state machine under test, `state-machines/<machine>.asl.json`. */
  readonly machine: 'rollout' | 'burst';
  /** Names of the faults and acts that a seed may draw. */
  readonly drawable: readonly string[];
  readonly play: (seed: number, onLine?: OnLine) => Promise<SwarmOutcome>;
}

/** Holds the rules of one seed, and keeps what broke them, each sentence once. */
export class RuleBook<Rule extends { readonly rule: string }> {
  readonly broken: string[] = [];
  readonly #rules: readonly Rule[];
  readonly #onBroken: (sentence: string) => void;

  constructor(rules: readonly Rule[], onBroken: (sentence: string) => void) {
    this.#rules = rules;
    this.#onBroken = onBroken;
  }

  hold(check: (rule: Rule) => readonly string[] | undefined): void {
    for (const rule of this.#rules)
      for (const found of check(rule) ?? []) {
        const sentence = `${rule.rule}: ${found}`;
        if (this.broken.includes(sentence)) continue;
        this.broken.push(sentence);
        this.#onBroken(sentence);
      }
  }
}

/** Does what people or the world do to a service. An act that AWS refuses (an execution that has just ended, say) was no act. */
export const attempt = async <Scene>(
  act: { readonly run: (scene: Scene) => Promise<string | undefined> },
  scene: Scene,
): Promise<string | undefined> => {
  try {
    return await act.run(scene);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
};
