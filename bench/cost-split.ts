import type { Profiler } from 'node:inspector';

/** Whose code the time was spent in. */
export type Owner = 'workload' | 'libraries' | 'controller' | 'simulator' | 'world' | 'runtime';

/** What each owner stands for, for the reader of a table. */
export const ownerNames: Readonly<Record<Owner, string>> = {
  workload: 'the workload (services/)',
  libraries: "its libraries: hono, zod, the SDK's commands",
  controller: 'the controller (functions/, with its libraries)',
  simulator: 'the simulator of AWS (simulator/)',
  world: 'customers, clients and containers (local/virtual/)',
  runtime: 'garbage collection, promises and the rest of Node',
};

/** Packages whose frames stand on the stack without their caller, since a promise resumed them. */
const ownersOfPackages: readonly (readonly [pattern: RegExp, owner: Owner])[] = [
  [/\/node_modules\/jsonata\//, 'simulator'],
  [/\/node_modules\/(@middy|@aws-lambda-powertools|aws-xray-sdk-core)\//, 'controller'],
  [/\/node_modules\//, 'libraries'],
];

/**
 * The share of each owner in a profile, from 0 to 1. A sample counts for the innermost file of the project on its stack;
 * a package that the workload called counts as its library, and one that anybody else called for the caller. What Node
 * does on behalf of a file is the file's; what it does for nobody in particular is `runtime`.
 */
export const costSplit = (profile: Profiler.Profile, root: string): Readonly<Record<Owner, number>> => {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const children = new Set(profile.nodes.flatMap((node) => node.children ?? []));
  const hits: Record<Owner, number> = {
    workload: 0,
    libraries: 0,
    controller: 0,
    simulator: 0,
    world: 0,
    runtime: 0,
  };
  let total = 0;
  const visit = (id: number, caller: Owner): void => {
    const node = nodes.get(id);
    if (!node) return;
    const owner = ownerOf(node.callFrame, caller, root);
    if (owner !== 'idle') {
      hits[owner] += node.hitCount ?? 0;
      total += node.hitCount ?? 0;
    }
    for (const child of node.children ?? []) visit(child, owner === 'idle' ? caller : owner);
  };
  for (const { id } of profile.nodes) if (!children.has(id)) visit(id, 'runtime');
  for (const owner of Object.keys(hits) as Owner[]) hits[owner] /= Math.max(1, total);
  return hits;
};

const ownerOf = (frame: { functionName: string; url: string }, caller: Owner, root: string): Owner | 'idle' => {
  const { functionName, url } = frame;
  if (functionName === '(idle)') return 'idle';
  // Collected is what everybody left behind; the samples say nothing of whom.
  if (functionName === '(garbage collector)') return 'runtime';
  const path = url.replace(/^file:\/\//, '');
  if (path.includes('/node_modules/')) {
    if (caller === 'workload') return 'libraries';
    if (caller !== 'runtime') return caller;
    return ownersOfPackages.find(([pattern]) => pattern.test(path))?.[1] ?? 'libraries';
  }
  if (!path.startsWith(`${root}/`)) return functionName === 'runMicrotasks' ? 'runtime' : caller;
  const folder = path.slice(root.length + 1).split('/')[0];
  if (folder === 'services') return 'workload';
  if (folder === 'functions') return 'controller';
  return folder === 'simulator' ? 'simulator' : 'world';
};
