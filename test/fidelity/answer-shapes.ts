import type { ShapeCase } from './recorded-cases.ts';
import { type SampleAnswer, sampleAnswers } from './sample-answers.ts';
import { type Finding, type Verdict, verdictOf } from './verdict.ts';

/**
 * Real answers without their requests tell which fields AWS answers with, and of which types. Each is laid beside
 * what the simulator answers to the same operations in a small world that has a bit of everything: objects of one
 * kind (services, deployments, tasks, wherever they stand) are compared with each other. A field that all recorded
 * objects of a kind have must be in ours, and a field that both have must be of the same type.
 */
export const runShapes = async (suite: string, cases: readonly ShapeCase[]): Promise<readonly Finding[]> => {
  const answers = await sampleAnswers();
  const ours = new Kinds();
  for (const { service, op, answer } of answers) ours.add(service, op, answer);
  const theirs = new Kinds();
  for (const { service, op, response } of cases) theirs.add(service, op, response);
  return cases.map((recorded) => ({
    suite,
    level: 'result',
    name: `${recorded.name}: ${recorded.op}`,
    verdict: verdictOn(recorded, ours, theirs, answers),
  }));
};

const verdictOn = (
  { service, op, response }: ShapeCase,
  ours: Kinds,
  theirs: Kinds,
  answers: readonly SampleAnswer[],
): Verdict => {
  if (!answers.some((sample) => sample.service === service && sample.op === op))
    return { kind: 'failed', differences: [`the simulator answers no ${service}:${op}`] };
  const recorded = new Kinds();
  recorded.add(service, op, response);
  const found = [...recorded.all()].flatMap(([kind, { fields }]) => {
    const sample = ours.get(kind);
    if (!sample) return [];
    return [...fields].flatMap(([field, types]) => {
      const shown = sample.fields.get(field);
      if (!shown) return theirs.always(kind, field) ? [`${kind}: the field ${field} is missing`] : [];
      const strange = [...types].filter((type) => !shown.has(type));
      return strange.length === 0 ? [] : [`${kind}/${field}: recorded ${strange.join()}, got ${[...shown].join()}`];
    });
  });
  return verdictOf([...new Set(found)]);
};

/** So many recorded objects must agree on a field before it counts as one that AWS always answers with. */
const agreeingMin = 3;

/** Members that are maps with keys of the caller's choice. */
const mapMembers = new Set(['dockerLabels', 'driverOpts', 'labels', 'options']);

interface Kind {
  objects: number;
  /** Types by field. */
  readonly fields: Map<string, Set<string>>;
  /** How many objects have the field. */
  readonly counts: Map<string, number>;
}

/** Objects of answers by their kind: the name of the member they stand in, without its plural. */
class Kinds {
  readonly #kinds = new Map<string, Kind>();

  all(): Iterable<readonly [string, Kind]> {
    return this.#kinds;
  }

  get(kind: string): Kind | undefined {
    return this.#kinds.get(kind);
  }

  always(kind: string, field: string): boolean {
    const { objects = 0, counts } = this.#kinds.get(kind) ?? {};
    return objects >= agreeingMin && counts?.get(field) === objects;
  }

  add(service: string, name: string, value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) this.add(service, name, item);
      return;
    }
    if (typeOf(value) !== 'object' || mapMembers.has(name)) return;
    const key = `${service} ${name.replace(/s$/, '')}`;
    const kind = this.#kinds.get(key) ?? { objects: 0, fields: new Map(), counts: new Map() };
    this.#kinds.set(key, kind);
    kind.objects += 1;
    for (const [field, member] of Object.entries(value as object)) {
      if (member === undefined) continue;
      kind.counts.set(field, (kind.counts.get(field) ?? 0) + 1);
      kind.fields.set(field, (kind.fields.get(field) ?? new Set()).add(typeOf(member)));
      this.add(service, field, member);
    }
  }
}

const typeOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'time';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  // The recorder's way to write a time down.
  return (value as { readonly __class__?: unknown }).__class__ === 'datetime' ? 'time' : 'object';
};
