import type { Survivor } from './survivor.ts';

/** Why a mutant of `functions/core` may live. Each survivor must match one of these; the command prints those that match none. */
export interface Explanation {
  readonly because: string;
  readonly matches: (survivor: Survivor) => boolean;
}

/** Text with a space between words: for people. Names of causes, states and actions have none. */
const isProse = (text: string): boolean => /[A-Za-z,.;:'’)}] \S|\S [A-Za-z${(]/.test(text.slice(1, -1));

/** Where numbers are measured and estimated: seconds, rates and shares that never meet a bound to the last digit. */
const measuring =
  /\/(decide-burst|estimate-[a-z-]+|read-workers|plan-capacity|waiting-profile|count-[a-z-]+|judge-added-work|burst-(caps|ledger)|work-bound|compare-burst|burst-milestones)\.ts$/;

const widened = /^(>=|<=|>|<)$/;
const comparison = (text: string): string => / (>=|<=|>|<) /.exec(text)?.[1] ?? '';

/**
 * Mutants of functions by what stood there and what came there, both as the command prints them: line numbers shift, these
 * do not.
 */
const these = (because: string, changes: Readonly<Record<string, readonly string[]>>): Explanation => ({
  because,
  matches: ({ inside, change }) => changes[inside]?.includes(change) ?? false,
});

export const explanations: readonly Explanation[] = [
  {
    because:
      'A part of a sentence for people. That a sentence names twin, number and reason is tested where it is made; that each of its words stands is not.',
    matches: ({ mutator, original }) => mutator === 'StringLiteral' && isProse(original),
  },
  {
    because:
      'The type allows that something is not there, and the path to this place does not: whether `?.` or `.` asks for it makes no difference.',
    matches: ({ mutator }) => mutator === 'OptionalChaining',
  },
  {
    because: 'A value that the type demands for what cannot be missing at this place; nothing ever sees it.',
    matches: ({ original, becomes }) => /^(''|\[\])$/.test(original) && becomes.includes('Stryker was here'),
  },
  {
    because:
      'Two measured numbers that would have to be equal to the last digit, and where they are, both branches come to the same.',
    matches: ({ file, mutator, original, becomes }) =>
      mutator === 'EqualityOperator' &&
      measuring.test(file) &&
      widened.test(comparison(original)) &&
      comparison(original)[0] === comparison(becomes)[0],
  },
  these('Tells the compiler which kind a value is of; the other kinds have nothing of what is asked next.', {
    'conclude-rollout concludeFailure': ["each.kind === 'error'  →  true"],
    'holds holdAfter': ["failure.kind === 'twin'  →  true"],
    'judge-site isExplainedByLoss': ["judged.failure.kind === 'twin'  →  true"],
  }),
  these(
    'The first and the last of the same list are there, or not there, together; and no report is without a point.',
    {
      'read-workers at': ['!first || !last  →  !first && !last'],
      'decide-burst throughputOf': ['!first || !last  →  false', '!first || !last  →  !first && !last'],
      'estimate-service measure': ['!first || !last  →  false', '!first || !last  →  !first && !last'],
      'estimate-staleness rateByHeads': ['!from || !to  →  !from && !to'],
    },
  ),
  these('What is not known is neither less nor more than any number, nor is what comes of it.', {
    'decide-burst seeStarts': ['askedMs !== undefined  →  true'],
    'estimate-staleness judgeCounts': ['goneMs === undefined  →  false', 'found !== undefined  →  true'],
    'estimate-staleness isUnderstated': ['until === undefined  →  false', 'head !== undefined  →  true'],
    'configuration Configuration': ['onDemandBase !== undefined  →  true', 'usd !== undefined  →  true'],
    'unseen-seconds seeUnseen': ['startedMs === undefined  →  false', 'startedMs !== undefined  →  true'],
  }),
  these('How a stopped rollout ended is asked of its way back alone, and this one has walked none.', {
    'guard-rollout endStopped': ['false  →  true'],
  }),
  these('Of two equal times either is the same.', {
    'unseen-seconds seeUnseen': ['startedMs < askedMs  →  startedMs <= askedMs'],
  }),
  these('Of two amounts of money of which one is not set neither is less.', {
    'configuration Configuration': [
      'hourlyUsd !== undefined && dailyUsd !== undefined  →  true',
      'hourlyUsd !== undefined && dailyUsd !== undefined  →  hourlyUsd !== undefined || dailyUsd !== undefined',
      'hourlyUsd !== undefined  →  true',
      'dailyUsd !== undefined  →  true',
    ],
  }),
  these('Every twin of a plan was seen on some revision, so none is on the one that a release does not have for it.', {
    'rollout-plan standsUnproved': ['here !== undefined  →  true'],
  }),
  these('To Luxon, too, hour 24 of a day is the midnight at its end: the same moment in every time zone.', {
    'deployment-window at': ['hour === 24  →  false'],
  }),
  these('Looks are at different times, and heads that do not rise are left out before.', {
    'estimate-staleness between': ['toAt === fromAt  →  false'],
  }),
  these('Where messages were completed, their slot time is part of the sum already.', {
    'estimate-service estimateService': ['measured[own].near.messages < 1  →  true'],
  }),
  these('A recall that changes no count and has no task left to wait for was the end, before this is told.', {
    'decide-burst decideBurst': ['leaving > 0  →  true'],
  }),
  these(
    'Who is in time with all that waits, and can carry what arrives, is in time later too, however far one looks.',
    {
      'decide-burst decideBurst': ['planned / 2  →  planned * 2'],
    },
  ),
  these('Within no time nothing comes and nothing goes.', {
    'decide-burst decideBurst': ['behind === 0  →  false'],
  }),
  these('Where reports cover no time they tell of no completion, and a few completions are not compared.', {
    'decide-burst throughputOf': ['seconds > 0  →  true'],
  }),
  these('The verb of a sentence for people, by number.', {
    'decide-burst decideBurst': ['observed.visible === 1  →  false', 'starts === 1  →  false', `'is'  →  ""`],
  }),
  these('What begins with a slash or a colon has no host and no repository before it, and is refused either way.', {
    'image-reference parseImageReference': ['slash < 0  →  slash <= 0', 'colon < 0  →  colon <= 0'],
  }),
  these('A field that is undefined is read like one that is left out, and the word itself would pass for a tag.', {
    'image-reference parseImageReference': [
      'registry !== undefined  →  true',
      'tag !== undefined  →  true',
      'digest !== undefined  →  true',
    ],
  }),
  these('Each of these causes is of that verdict only, which a test over all ends holds.', {
    'holds holdAfter': [`end.verdict === 'rolled-back'  →  true`],
  }),
  these('A window that opens at this moment is open, and was found before.', {
    'deployment-window windowState': ['ms > nowMs  →  ms >= nowMs'],
  }),
  these('What nobody picks up takes for ever, and no more than half the deadline is believed.', {
    'decide-burst guessHead': ['perSecond > 0  →  true', 'deadline / 2  →  deadline * 2'],
  }),
  these('Two names of one object are never equal.', {
    'history canonical': ['a < b  →  a <= b'],
  }),
  these('What kind of mistake it is, which Zod demands; path and sentence are all that is told of it.', {
    'configuration Configuration': [`'custom'  →  ""`],
  }),
  these('Every path of a document begins with a dot, so the first one is the one at the beginning.', {
    'release-plan leavesOf': [String.raw`/^\./  →  /\./`],
  }),
  these('Who has no tasks but those that were there takes none back, and a number that is missing starts none.', {
    'compare-burst asItWas': ['{ desired: 0, state: undefined }  →  {}'],
  }),
];
