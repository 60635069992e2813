import { StateFailure } from '../execution/failure.ts';
import type { Json } from '../json.ts';

export interface InvokeResponse {
  readonly StatusCode?: number;
  readonly FunctionError?: string;
  readonly ExecutedVersion?: string;
  readonly Payload?: Uint8Array | string;
}

export const payloadText = (payload: Uint8Array | string | undefined): string => {
  if (payload === undefined) return '';
  return typeof payload === 'string' ? payload : new TextDecoder().decode(payload);
};

export const parsePayload = (text: string): Json => {
  if (text === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
};

/** A function's own error: its type is the error's name, and its whole answer the cause. @throws StateFailure */
export const throwFunctionError = (response: InvokeResponse): void => {
  if (response.FunctionError === undefined) return;
  const text = payloadText(response.Payload);
  const answer = parsePayload(text);
  const type =
    typeof answer === 'object' && answer !== null && 'errorType' in answer ? String(answer.errorType) : undefined;
  throw new StateFailure(type ?? 'Lambda.Unknown', text);
};
