import type { Kernel } from '../../simulator/kernel/kernel.ts';

/** Named draws of a seed, in the shapes that a plan needs. */
export class Chance {
  readonly #kernel: Pick<Kernel, 'draw'>;

  constructor(kernel: Pick<Kernel, 'draw'>) {
    this.#kernel = kernel;
  }

  happens(name: string, share: number): boolean {
    return this.#kernel.draw(`swarm/${name}`) < share;
  }

  between(name: string, from: number, to: number): number {
    return from + (to - from) * this.#kernel.draw(`swarm/${name}`);
  }

  /** A whole number from `from` to `to`, both included. */
  whole(name: string, from: number, to: number): number {
    return Math.floor(this.between(name, from, to + 1));
  }

  /** One of these, each as often as its weight says. */
  weighted<Choice extends { readonly weight: number }>(name: string, choices: readonly Choice[]): Choice {
    const weightOfAll = choices.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.between(name, 0, weightOfAll);
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    return choices[0] as Choice;
  }

  oneOf<Choice>(name: string, choices: readonly Choice[]): Choice {
    return choices[this.whole(name, 0, choices.length - 1)] as Choice;
  }
}
