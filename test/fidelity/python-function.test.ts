import { describe, expect, it } from 'vitest';
import { pythonJson, runPython } from './python-function.ts';

const handler = (statement: string): string => `import json\n\ndef handler(event, context):\n    ${statement}\n`;

describe('a stand-in for a function in Python', () => {
  it.each([
    ['return event', { a: 1 }],
    ["return event['a']", 1],
    ["return {'ok': True, 'none': None, 'text': \"it's\"}", { ok: true, none: null, text: "it's" }],
  ])('%s', (statement, payload) => {
    expect(runPython(handler(statement), { a: 1 })).toEqual({ ok: true, payload });
  });

  it('raises with the place in the file', () => {
    expect(runPython(handler("raise ValueError('no')"), {})).toEqual({
      ok: false,
      errorType: 'ValueError',
      errorMessage: 'no',
      trace: ['  File "/var/task/handler.py", line 4, in handler\n    raise ValueError(\'no\')\n'],
    });
  });

  it('refuses what it does not understand', () => {
    expect(() => runPython(handler('x = 1\n    return x'), {})).toThrow('no stand-in');
  });

  it('writes JSON as Python does', () => {
    expect(pythonJson({ a: [1, 'b'], c: null })).toBe('{"a": [1, "b"], "c": null}');
  });
});
