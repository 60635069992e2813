import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pythonJson, runPython, storedFiles } from './python-function.ts';

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

  it('is read from a zip archive, stored or deflated', () => {
    const source = handler('return event');
    for (const method of [0, 8]) {
      const data = method === 8 ? deflateRawSync(source) : Buffer.from(source);
      const header = Buffer.alloc(30);
      header.writeUInt32LE(0x04034b50, 0);
      header.writeUInt16LE(method, 8);
      header.writeUInt32LE(data.length, 18);
      header.writeUInt16LE(4, 26);
      const zip = Buffer.concat([header, Buffer.from('a.py'), data]);
      expect(storedFiles(zip)).toEqual(new Map([['a.py', source]]));
    }
  });

  it('writes JSON as Python does', () => {
    expect(pythonJson({ a: [1, 'b'], c: null })).toBe('{"a": [1, "b"], "c": null}');
  });
});
