import { inflateRawSync } from 'node:zlib';

/**
 * Stands in for recorded functions, which are a few lines of Python: reads a handler whose body is one statement,
 * `return` of the event, of a part of it or of a literal, or `raise` of an exception.
 */
export type PythonOutcome =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace: readonly string[];
    };

/** @throws when the handler does more than this stand-in understands */
export const runPython = (source: string, event: unknown): PythonOutcome => {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => /^def \w+\(event, \w+\):/.test(line));
  const body = lines.findIndex((line, index) => index > start && line.trim() !== '' && !line.trim().startsWith('#'));
  const statement = lines.slice(body).join('\n').trim();
  const raised = /^raise (\w+)\((?:f?(['"])([\s\S]*)\2)?\)$/.exec(statement);
  if (raised) {
    const [, errorType = 'Exception', , errorMessage = ''] = raised;
    return {
      ok: false,
      errorType,
      errorMessage,
      trace: [`  File "/var/task/handler.py", line ${body + 1}, in handler\n    ${statement}\n`],
    };
  }
  const returned = /^return (.+)$/s.exec(statement)?.[1]?.trim();
  if (start < 0 || returned === undefined) throw new Error(`no stand-in for this function:\n${source}`);
  return { ok: true, payload: evaluated(returned, event) };
};

const evaluated = (expression: string, event: unknown): unknown => {
  if (expression === 'event') return event;
  const member = /^event\[(['"])(\w+)\1\]$/.exec(expression);
  if (member) return (event as Record<string, unknown>)[member[2] as string];
  return JSON.parse(
    expression
      .replace(/\bTrue\b/g, 'true')
      .replace(/\bFalse\b/g, 'false')
      .replace(/\bNone\b/g, 'null')
      .replace(/'((?:[^'\\]|\\.)*)'/g, (_match, text: string) => JSON.stringify(text)),
  );
};

/** JSON as Python writes it, with a space after each comma and colon: Step Functions shows the length of the text. */
export const pythonJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${pythonJson(member)}`)
    .join(', ')}}`;
};

/** What a function in Python answers when it has raised an exception. */
export const pythonError = (outcome: Extract<PythonOutcome, { ok: false }>, requestId: string): object => ({
  errorMessage: outcome.errorMessage,
  errorType: outcome.errorType,
  requestId,
  stackTrace: outcome.trace,
});

/** The files of a zip archive, stored as they are or deflated: how recorded functions were packed. */
export const storedFiles = (zip: Uint8Array): ReadonlyMap<string, string> => {
  const bytes = Buffer.from(zip);
  const files = new Map<string, string>();
  for (let at = 0; at + 30 <= bytes.length && bytes.readUInt32LE(at) === 0x04034b50; ) {
    const compressed = bytes.readUInt16LE(at + 8) !== 0;
    const size = bytes.readUInt32LE(at + 18);
    const nameEnd = at + 30 + bytes.readUInt16LE(at + 26);
    const dataStart = nameEnd + bytes.readUInt16LE(at + 28);
    const data = bytes.subarray(dataStart, dataStart + size);
    files.set(bytes.toString('utf8', at + 30, nameEnd), (compressed ? inflateRawSync(data) : data).toString('utf8'));
    at = dataStart + size;
  }
  return files;
};
