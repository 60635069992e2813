import {
  assertKnownFunction,
  attributeReference,
  pseudoParameters,
  substitutionArguments,
  substitutionPattern,
} from './intrinsics.ts';
import { isObject } from './json.ts';
import type { ResourceDeclaration, Template } from './template.ts';
import { formatError, templateError, validationError } from './validation-error.ts';

/** One mention of a resource or parameter in a template. */
interface Mention {
  readonly kind: 'ref' | 'attribute';
  readonly name: string;
  readonly attribute?: string;
}

/**
 * Finds every Ref, Fn::GetAtt and Fn::Sub in a value. With `condition`, only the chosen branches of Fn::If count, which
 * is how CloudFormation orders resources; without, all do, which is how it checks names.
 */
const mentionsIn = (value: unknown, condition?: (name: string) => boolean): readonly Mention[] => {
  if (Array.isArray(value)) return value.flatMap((item) => mentionsIn(item, condition));
  if (!isObject(value)) return [];
  const keys = Object.keys(value);
  if (keys.length === 1) {
    assertKnownFunction(keys[0] as string);
    if (typeof value.Ref === 'string') return [{ kind: 'ref', name: value.Ref }];
    if (value['Fn::GetAtt'] !== undefined) {
      const [name, attribute] = attributeReference(value['Fn::GetAtt']);
      return [{ kind: 'attribute', name, attribute: typeof attribute === 'string' ? attribute : undefined }];
    }
    if (value['Fn::Sub'] !== undefined) return mentionsInSubstitution(value['Fn::Sub'], condition);
    const branches = value['Fn::If'];
    if (condition && Array.isArray(branches) && typeof branches[0] === 'string')
      return mentionsIn(condition(branches[0]) ? branches[1] : branches[2], condition);
  }
  return Object.values(value).flatMap((item) => mentionsIn(item, condition));
};

const mentionsInSubstitution = (argument: unknown, condition?: (name: string) => boolean): readonly Mention[] => {
  const [text, variables] = substitutionArguments(argument);
  const inText = [...text.matchAll(substitutionPattern)].flatMap(([, escaped, name = '']): Mention[] => {
    if (escaped || Object.hasOwn(variables, name)) return [];
    const dot = name.indexOf('.');
    return dot < 0
      ? [{ kind: 'ref', name }]
      : [{ kind: 'attribute', name: name.slice(0, dot), attribute: name.slice(dot + 1) }];
  });
  return [...inText, ...mentionsIn(Object.values(variables), condition)];
};

const dependsOn = (resource: ResourceDeclaration): readonly string[] =>
  typeof resource.DependsOn === 'string' ? [resource.DependsOn] : (resource.DependsOn ?? []);

/**
 * Checks the names that a template uses, before anything is made.
 * @param knowsAttribute whether resources of a type have an attribute.
 * @throws AwsError `ValidationError`
 */
export const checkNames = (template: Template, knowsAttribute: (type: string, attribute: string) => boolean): void => {
  if (checked.has(template)) return;
  const known = new Set([...pseudoParameters, ...Object.keys(template.parameters), ...Object.keys(template.resources)]);
  const check = (value: unknown, block: string): void => {
    const mentions = mentionsIn(value);
    const unresolved = mentions.filter((mention) => mention.kind === 'ref' && !known.has(mention.name));
    if (unresolved.length > 0)
      throw formatError(
        `Unresolved resource dependencies [${[...new Set(unresolved.map((mention) => mention.name))].join(', ')}] in the ${block} block of the template`,
      );
    for (const mention of mentions) {
      if (mention.kind !== 'attribute') continue;
      const resource = template.resources[mention.name];
      if (!resource) throw templateError(`instance of Fn::GetAtt references undefined resource ${mention.name}`);
      if (mention.attribute !== undefined && !knowsAttribute(resource.Type, mention.attribute))
        throw templateError(
          `resource ${mention.name} does not support attribute type ${mention.attribute} in Fn::GetAtt`,
        );
    }
  };
  for (const [logicalId, resource] of Object.entries(template.resources)) {
    check(resource.Properties, 'Resources');
    const unresolved = dependsOn(resource).filter((name) => !template.resources[name]);
    if (unresolved.length > 0)
      throw formatError(
        `Unresolved resource dependencies [${unresolved.join(', ')}] in the Resources block of the template`,
      );
    checkCondition(template, resource.Condition, `resource ${logicalId}`);
  }
  for (const [name, output] of Object.entries(template.outputs)) {
    check([output.Value, output.Export], 'Outputs');
    checkCondition(template, output.Condition, `output ${name}`);
  }
  checked.add(template);
};

/** Which attributes a type has does not change while the program runs. */
const checked = new WeakSet<Template>();

const checkCondition = (template: Template, condition: string | undefined, where: string): void => {
  if (condition !== undefined && template.conditions[condition] === undefined)
    throw formatError(`Unresolved condition dependency ${condition} in the ${where} of the template`);
};

/** A resource that is to exist, and what must exist before it. */
export interface ResourceNode {
  readonly logicalId: string;
  readonly declaration: ResourceDeclaration;
  readonly after: readonly string[];
}

/**
 * The resources whose conditions hold, each after what it mentions, otherwise in the template's order.
 * @throws AwsError `ValidationError` for a circle.
 */
export const orderResources = (template: Template, condition: (name: string) => boolean): readonly ResourceNode[] => {
  const key = JSON.stringify(Object.keys(template.conditions).map(condition));
  const byConditions = orders.get(template) ?? new Map<string, readonly ResourceNode[]>();
  orders.set(template, byConditions);
  const nodes = byConditions.get(key) ?? orderAnew(template, condition);
  byConditions.set(key, nodes);
  return nodes;
};

/** By template, then by what its conditions say: nothing else decides the order. */
const orders = new WeakMap<Template, Map<string, readonly ResourceNode[]>>();

const orderAnew = (template: Template, condition: (name: string) => boolean): readonly ResourceNode[] => {
  const wanted = Object.entries(template.resources).filter(
    ([, resource]) => resource.Condition === undefined || condition(resource.Condition),
  );
  const present = new Set(wanted.map(([logicalId]) => logicalId));
  const remaining = wanted.map(([logicalId, declaration]): ResourceNode => {
    const mentioned = mentionsIn(declaration.Properties, condition).map((mention) => mention.name);
    const absent = mentioned.filter((name) => template.resources[name] && !present.has(name));
    if (absent.length > 0)
      throw formatError(
        `Unresolved resource dependencies [${absent.join(', ')}] in the Resources block of the template`,
      );
    const after = [...new Set([...mentioned, ...dependsOn(declaration)])].filter((name) => present.has(name));
    return { logicalId, declaration, after };
  });
  const ordered: ResourceNode[] = [];
  const placed = new Set<string>();
  while (remaining.length > 0) {
    const index = remaining.findIndex((node) => node.after.every((name) => placed.has(name)));
    if (index < 0)
      throw validationError(
        `Circular dependency between resources: [${remaining.map((node) => node.logicalId).join(', ')}]`,
      );
    const [node] = remaining.splice(index, 1) as [ResourceNode];
    placed.add(node.logicalId);
    ordered.push(node);
  }
  return ordered;
};

/**
 * Runs a task for each node as soon as those before it are done, all that are ready at once. After a failure nothing
 * new starts; what runs is awaited. Order is a function of the graph alone, so equal graphs give equal histories.
 * @returns what failed, in the order of failing.
 */
export const runInOrder = async (
  nodes: readonly { readonly id: string; readonly after: readonly string[] }[],
  task: (id: string) => Promise<void>,
  onFailure: (id: string, error: unknown) => void,
): Promise<readonly { readonly id: string; readonly error: unknown }[]> => {
  const ids = new Set(nodes.map((node) => node.id));
  const waiting = new Map(nodes.map((node) => [node.id, new Set(node.after.filter((name) => ids.has(name)))]));
  const failures: { id: string; error: unknown }[] = [];
  let running = 0;
  await new Promise<void>((resolve) => {
    const startReady = (): void => {
      if (failures.length === 0) {
        for (const [id, after] of [...waiting]) {
          if (after.size > 0) continue;
          waiting.delete(id);
          running += 1;
          task(id)
            .then(
              () => {
                for (const others of waiting.values()) others.delete(id);
              },
              (error: unknown) => {
                failures.push({ id, error });
                onFailure(id, error);
              },
            )
            .finally(() => {
              running -= 1;
              startReady();
            });
        }
      }
      if (running === 0) resolve();
    };
    startReady();
  });
  return failures;
};
