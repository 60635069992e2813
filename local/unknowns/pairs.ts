/**
 * Rows of choices in which every two settings of any two questions meet: a covering array of strength two, by the greedy
 * method of Cohen, Dalal, Fredman and Patton ("The AETG system", 1997). Deterministic; the first row is all zeros.
 *
 * @param sizes How many settings each question has, at least one.
 * @returns rows; `row[question]` is the index of a setting.
 */
export const coverPairs = (sizes: readonly number[]): readonly (readonly number[])[] => {
  const choices = sizes.flatMap((size, question) =>
    Array.from({ length: size }, (_, setting): Choice => ({ question, setting })),
  );
  const open = new Set<string>();
  for (const one of choices) for (const other of choices) if (one.question < other.question) open.add(pair(one, other));

  const rows: (readonly number[])[] = [];
  const close = (row: readonly number[]): void => {
    const chosen = row.map((setting, question): Choice => ({ question, setting }));
    for (const one of chosen)
      for (const other of chosen) if (one.question < other.question) open.delete(pair(one, other));
    rows.push(row);
  };
  const closes = (choice: Choice, among: readonly Choice[]): number =>
    among.filter((other) => other.question !== choice.question && open.has(pair(choice, other))).length;

  close(sizes.map(() => 0));
  while (open.size > 0) {
    // The choice that misses most partners comes first; then, question by question, what closes most pairs with the
    // choices made, and among equals what misses most partners still.
    const missing = new Map(choices.map((choice) => [choice, closes(choice, choices)]));
    const mostMissing = (list: readonly Choice[]): readonly Choice[] =>
      list.toSorted((a, b) => (missing.get(b) ?? 0) - (missing.get(a) ?? 0));
    const [first] = mostMissing(choices);
    const row: Choice[] = first ? [first] : [];
    for (const { question } of mostMissing(choices)) {
      if (row.some((chosen) => chosen.question === question)) continue;
      const candidates = mostMissing(choices.filter((choice) => choice.question === question));
      row.push(candidates.reduce((best, choice) => (closes(choice, row) > closes(best, row) ? choice : best)));
    }
    close(sizes.map((_, question) => row.find((chosen) => chosen.question === question)?.setting ?? 0));
  }
  return rows;
};

interface Choice {
  readonly question: number;
  readonly setting: number;
}

const pair = (a: Choice, b: Choice): string =>
  a.question < b.question
    ? `${a.question}=${a.setting} ${b.question}=${b.setting}`
    : `${b.question}=${b.setting} ${a.question}=${a.setting}`;
