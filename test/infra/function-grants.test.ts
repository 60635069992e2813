import { resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import { entryOf } from '../../infra/controller/bundle-functions.ts';
import { controllerFunctions, provisionTwin } from '../../infra/controller/function-catalogue.ts';
import { idOf, named, ofType, statementsOfRole, synthesized, withEveryGate } from './synthesized.ts';

const folders = [provisionTwin, ...controllerFunctions].map((plan) => plan.folder);
// Some calls are only granted to a configuration that asks for them.
const { workload, controller } = synthesized({ configuration: withEveryGate });
const templates = { Resources: { ...workload.Resources, ...controller.Resources } };

/** What is left of each function when everything that it cannot reach is taken away; packages stay outside. */
const reachable = new Map(
  buildSync({
    absWorkingDir: resolve(import.meta.dirname, '../..'),
    entryPoints: folders.map((folder) => ({ in: entryOf(folder), out: folder })),
    outdir: '/',
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
  }).outputFiles.map(({ path, text }) => [path.replace(/^.*\/|\.js$/g, ''), text]),
);
const textOf = (folder: string): string => reachable.get(folder) ?? '';

/** IAM's prefix for the commands of each SDK client. */
const prefixes: Readonly<Record<string, string>> = {
  cloudwatch: 'cloudwatch',
  codepipeline: 'codepipeline',
  dynamodb: 'dynamodb',
  ec2: 'ec2',
  ecr: 'ecr',
  ecs: 'ecs',
  eventbridge: 'events',
  'cloudwatch-logs': 'logs',
  iam: 'iam',
  'secrets-manager': 'secretsmanager',
  'service-quotas': 'servicequotas',
  sfn: 'states',
  sqs: 'sqs',
  ssm: 'ssm',
};

/** `ecs:UpdateService` for each command that the function's code can construct. */
const callsOf = (folder: string): readonly string[] => {
  const text = textOf(folder);
  const clientOf = new Map(
    [...text.matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([a-z0-9-]+)"/g)].flatMap(
      ([, names = '', client = '']) =>
        names.split(',').map((name) => [name.trim().split(' as ').at(-1) ?? '', client] as const),
    ),
  );
  const commands = [...text.matchAll(/new ((\w+?)Command\d*)\(/g)].map(
    ([, local = '', command]) => `${prefixes[clientOf.get(local) ?? ''] ?? `unknown client of ${local}`}:${command}`,
  );
  // Roles are passed by being named in a task definition, and by starting a service on it.
  const passing = ['ecs:RegisterTaskDefinition', 'ecs:CreateService', 'ecs:UpdateService', 'ecs:RunTask'];
  if (passing.some((command) => commands.includes(command))) commands.push('iam:PassRole');
  return [...new Set(commands)].sort();
};

const ambient = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

const deployed = (folder: string) =>
  named(templates, 'AWS::Lambda::Function', 'FunctionName', `spillway-${folder}`).Properties;

test.each(folders)('%s is granted exactly the calls that its code can make', (folder) => {
  const granted = statementsOfRole(templates, idOf(deployed(folder).Role))
    .flatMap(({ actions }) => actions)
    .filter((action) => !ambient.includes(action));
  expect(granted.sort()).toEqual(callsOf(folder));
});

test.each(folders)('%s is given exactly the variables that it asks for', (folder) => {
  const asked = [...textOf(folder).matchAll(/readEnvironment\([^[]*\[([^\]]*)\]/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/"(\w+)"/g)].map(([, name]) => name),
  );
  const given = Object.keys(deployed(folder).Environment.Variables).filter(
    (name) => !/^(POWERTOOLS_|NODE_OPTIONS$)/.test(name),
  );
  expect(given.sort()).toEqual(asked.sort());
});

test('no function is left out of the two tests above', () => {
  expect(ofType(templates, 'AWS::Lambda::Function')).toHaveLength(folders.length);
  expect(folders.every((folder) => callsOf(folder).length > 0)).toBe(true);
});
