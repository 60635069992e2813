import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { costSplit } from './cost-split.ts';

interface Frame {
  readonly name?: string;
  readonly url?: string;
  readonly hits: number;
  readonly calls?: readonly Frame[];
}

const profileOf = (root: Frame): Profiler.Profile => {
  const nodes: Profiler.ProfileNode[] = [];
  const add = ({ name = 'f', url = '', hits, calls = [] }: Frame): number => {
    const id = nodes.length + 1;
    const callFrame = { functionName: name, scriptId: '0', url, lineNumber: 0, columnNumber: 0 };
    const node: Profiler.ProfileNode = { id, callFrame, hitCount: hits };
    nodes.push(node);
    node.children = calls.map(add);
    return id;
  };
  add(root);
  return { nodes, startTime: 0, endTime: 0 };
};

const file = (path: string): string => `file:///home/me/spillway/${path}`;
const split = (...calls: readonly Frame[]) =>
  costSplit(profileOf({ name: '(root)', hits: 0, calls }), '/home/me/spillway');
const none = { workload: 0, libraries: 0, controller: 0, simulator: 0, world: 0, runtime: 0 };

describe('the split of the costs of virtual time', () => {
  it('counts a sample for the innermost file of the project', () => {
    const inner = { url: file('simulator/sqs/queue.ts'), hits: 3 };
    expect(split({ url: file('local/virtual/clients.ts'), hits: 1, calls: [inner] })).toEqual({
      ...none,
      world: 0.25,
      simulator: 0.75,
    });
  });

  it('counts packages as libraries where the workload calls them, and for the caller elsewhere', () => {
    const zod = { url: file('node_modules/zod/v4/core.js'), hits: 1 };
    expect(split({ url: file('services/orders-api/order.ts'), hits: 1, calls: [zod] })).toEqual({
      ...none,
      workload: 0.5,
      libraries: 0.5,
    });
    expect(split({ url: file('functions/core/configuration.ts'), hits: 1, calls: [zod] })).toEqual({
      ...none,
      controller: 1,
    });
  });

  it('knows by its name whose a package is that a promise resumed', () => {
    const resumed = ['hono/dist/compose.js', '@middy/core/index.js', 'jsonata/jsonata.js'];
    const frames = resumed.map((path) => ({ url: file(`node_modules/${path}`), hits: 1 }));
    expect(split({ name: 'runMicrotasks', hits: 1, calls: frames })).toEqual({
      ...none,
      libraries: 0.25,
      controller: 0.25,
      simulator: 0.25,
      runtime: 0.25,
    });
  });

  it("counts Node's own work for the file that asked for it, garbage for the runtime, and idling not at all", () => {
    const hash = { name: 'update', url: 'node:internal/crypto/hash', hits: 2 };
    expect(
      split(
        { url: file('simulator/kernel/virtual-kernel.ts'), hits: 0, calls: [hash] },
        { name: '(garbage collector)', hits: 2 },
        { name: '(idle)', hits: 96 },
      ),
    ).toEqual({ ...none, simulator: 0.5, runtime: 0.5 });
  });
});
