import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ServiceName } from '../../simulator/cloud/service.ts';
import { parseResource } from '../../simulator/stepfunctions/integrations/resources.ts';
import { serviceOfPackage } from '../api-shapes/sdk-shape.ts';

/** What of AWS the repository uses, found by reading its files: nothing here runs them. */
export interface UsedAction {
  readonly service: ServiceName | undefined;
  readonly action: string;
  /** File, and how it is written there. */
  readonly where: string;
  /** Names of parameters that the use shows. */
  readonly parameters: readonly string[];
}

const root = resolve(import.meta.dirname, '..', '..');

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const filesUnder = (folder: string, pattern: RegExp): readonly string[] => {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => pattern.test(file) && !file.includes('node_modules'))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
};

/** From an opening bracket in `text` to the one that closes it. */
const bracketed = (text: string, from: number): string => {
  let depth = 0;
  for (let index = from; index < text.length; index += 1) {
    if ('([{'.includes(text[index] as string)) depth += 1;
    if (')]}'.includes(text[index] as string)) depth -= 1;
    if (depth === 0) return text.slice(from, index + 1);
  }
  return text.slice(from);
};

/** Names at the first level of the object that a call is given: `f({ a: 1, b, ...c })` has `a` and `b`. */
const topLevelNames = (call: string): readonly string[] => {
  let flat = call.replace(/^\(\s*\{/, '').replace(/\}\s*,?\s*\)$/, '');
  for (let before = ''; before !== flat; ) {
    before = flat;
    flat = flat.replace(/\([^()[\]{}]*\)|\[[^()[\]{}]*\]|\{[^()[\]{}]*\}/g, '');
  }
  return flat.split(',').flatMap((part) => /^\s*(\w+)\s*(:|$)/.exec(part)?.[1] ?? []);
};

/** Commands and paginators of the SDK. */
export const sdkCalls = (folders: readonly string[]): readonly UsedAction[] =>
  folders
    .flatMap((folder) => filesUnder(folder, /(?<!\.test)\.(ts|mjs)$/))
    .flatMap((file) => {
      const text = read(file);
      const imports = text.matchAll(/^import\s+\{([^}]*)\}\s+from '(@aws-sdk\/[\w-]+)'/gm);
      return [...imports].flatMap(([, names = '', client = '']) =>
        names.split(',').flatMap((part): UsedAction[] => {
          const name = /^(\w+)/.exec(part.trim())?.[1] ?? '';
          const action = /^(\w+)Command$/.exec(name)?.[1] ?? /^paginate(\w+)$/.exec(name)?.[1];
          if (!action) return [];
          const uses = [...text.matchAll(new RegExp(`\\bnew ${name}\\(`, 'g'))].map(({ index, 0: match }) =>
            bracketed(text, index + match.length - 1),
          );
          return [
            {
              service: serviceOfPackage(client),
              action,
              where: `${file}: ${name} of ${client}`,
              parameters: uses.flatMap(topLevelNames),
            },
          ];
        }),
      );
    });

export interface UsedTask {
  readonly where: string;
  readonly resource: string;
  /** The action behind an integration; undefined where the simulator has none. */
  readonly uses: Omit<UsedAction, 'where'> | undefined;
}

const integrationServices: Readonly<Record<string, ServiceName>> = {
  cloudwatchlogs: 'logs',
  elasticloadbalancingv2: 'elasticloadbalancing',
  eventbridge: 'events',
  sfn: 'states',
};

/** Task resources of the state machines. */
export const workflowTasks = (): readonly UsedTask[] =>
  filesUnder('state-machines', /\.asl\.json$/).flatMap((file) => {
    const found: UsedTask[] = [];
    const visit = (value: unknown, name: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { Type, Resource, Arguments } = value as Readonly<Record<string, unknown>>;
      if (Type === 'Task' && typeof Resource === 'string') {
        // Functions are called through lambda:invoke; what is substituted at deployment is an ARN's account or partition.
        const resource = parseResource(Resource.replaceAll(/\$\{\w*Partition\w*\}/g, 'aws'));
        const service = resource?.kind === 'service' ? resource.resourceType.replace('aws-sdk:', '') : 'lambda';
        const api = resource?.kind === 'service' ? resource.api : 'invoke';
        found.push({
          where: `${file}: state '${name}'`,
          resource: Resource,
          uses: resource && {
            service: integrationServices[service] ?? (service as ServiceName),
            action: api.charAt(0).toUpperCase() + api.slice(1),
            parameters: typeof Arguments === 'object' && Arguments !== null ? Object.keys(Arguments) : [],
          },
        });
      }
      for (const [key, child] of Object.entries(value)) visit(child, key);
    };
    visit(JSON.parse(read(file)), '');
    return found;
  });

/** Services of the AWS CLI whose name is not the service's own. */
const cliServices: Readonly<Record<string, ServiceName>> = {
  elbv2: 'elasticloadbalancing',
  stepfunctions: 'states',
};

/** What the waiters of the AWS CLI call. */
const cliWaiters: Readonly<Record<string, string>> = {
  'services-stable': 'DescribeServices',
  'services-inactive': 'DescribeServices',
  'tasks-running': 'DescribeTasks',
  'tasks-stopped': 'DescribeTasks',
  'stack-create-complete': 'DescribeStacks',
  'stack-update-complete': 'DescribeStacks',
};

const pascalCase = (kebab: string): string =>
  kebab
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** Commands of the AWS CLI in README and docs. */
export const cliCommands = (services: ReadonlySet<string>): readonly UsedAction[] =>
  ['README.md', 'CONTRIBUTING.md', ...filesUnder('docs', /\.md$/)].flatMap((file) => {
    const text = read(file).replaceAll(/\\\n\s*/g, ' ');
    const commands = text.matchAll(
      /\baws ((?:--[\w-]+ \S+ )*)([a-z0-9]+) (wait )?([a-z0-9]+(?:-[a-z0-9]+)+)([^\n`|;&]*)/g,
    );
    return [...commands].map(([command, , name = '', wait, verb = '', rest = '']): UsedAction => {
      const service = cliServices[name] ?? name;
      return {
        service: services.has(service) ? (service as ServiceName) : undefined,
        action: wait ? (cliWaiters[verb] ?? `the waiter ${verb}`) : pascalCase(verb),
        where: `${file}: ${command.trim().slice(0, 80)}`,
        parameters: [...rest.matchAll(/--([a-z0-9-]+)/g)].map(([, option = '']) => pascalCase(option)),
      };
    });
  });
