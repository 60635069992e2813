/** A piece of a wildcard pattern: literal text, or `*` for any text. */
export type WildcardPiece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'any' };

/** Reads `a*b\*`. @throws SyntaxError with AWS's sentence; positions count the quote that AWS puts in front. */
export const wildcardPieces = (pattern: string): readonly WildcardPiece[] => {
  const pieces: WildcardPiece[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
  };
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] as string;
    // AWS counts the bytes of UTF-8.
    const position = (): number => Buffer.byteLength(pattern.slice(0, index)) + 1;
    if (character === '*') {
      if (pattern[index + 1] === '*') throw new SyntaxError(`Consecutive wildcard characters at pos ${position()}`);
      flush();
      pieces.push({ kind: 'any' });
    } else if (character === '\\') {
      const escaped = pattern[index + 1];
      if (escaped !== '*' && escaped !== '\\') throw new SyntaxError(`Invalid escape character at pos ${position()}`);
      text += escaped;
      index += 1;
    } else {
      text += character;
    }
  }
  flush();
  return pieces;
};

export const matchesWildcard = (pieces: readonly WildcardPiece[], value: string): boolean => {
  const first = pieces[0];
  const last = pieces.at(-1);
  if (!first || !last) return value === '';
  let position = 0;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'any') continue;
    if (piece === last) {
      return index === 0
        ? value === piece.text
        : value.length - piece.text.length >= position && value.endsWith(piece.text);
    }
    const found = index === 0 ? (value.startsWith(piece.text) ? 0 : -1) : value.indexOf(piece.text, position);
    if (found < 0) return false;
    position = found + piece.text.length;
  }
  // The last piece is `*`: it takes the rest.
  return true;
};

/**
 * In how many places of the pattern a reader can be at once, in the worst case: each `*` that was passed can still be
 * where the value is, and so can each place that the repeated characters after it lead to.
 */
export const wildcardComplexity = (pieces: readonly WildcardPiece[]): number => {
  const symbols = pieces.flatMap((piece): (string | undefined)[] =>
    piece.kind === 'any' ? [undefined] : [...piece.text],
  );
  const alphabet = new Set(symbols.filter((symbol) => symbol !== undefined));
  const close = (places: Set<number>): Set<number> => {
    for (const place of places) if (symbols[place] === undefined && place < symbols.length) places.add(place + 1);
    return places;
  };
  const start = close(new Set([0]));
  const seen = new Set<string>();
  const queue = [start];
  let most = 0;
  while (queue.length > 0 && seen.size < 2000) {
    const places = queue.pop() as Set<number>;
    const key = [...places].toSorted((a, b) => a - b).join();
    if (seen.has(key)) continue;
    seen.add(key);
    most = Math.max(most, [...places].filter((place) => symbols[place] === undefined && place < symbols.length).length);
    for (const character of alphabet) {
      const next = new Set<number>();
      for (const place of places) {
        if (place >= symbols.length) continue;
        if (symbols[place] === undefined) next.add(place);
        else if (symbols[place] === character) next.add(place + 1);
      }
      if (next.size > 0) queue.push(close(next));
    }
  }
  return most;
};
