import { ExpectedFailure } from '../core/errors.ts';

/** What an operator asked for cannot be done; the sentence says why, and what is accepted. */
export const impossible = (sentence: string): ExpectedFailure => new ExpectedFailure('InvalidOperation', sentence);
