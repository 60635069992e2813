import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApprovalGate, type Configuration, ScanGate } from '../../functions/core/configuration.ts';
import { type AppOptions, buildApp } from '../../infra/build-app.ts';
import configuration from '../../spillway.config.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are read by tests that know what they look for
  readonly Properties: Readonly<Record<string, any>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: readonly string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Templates {
  readonly network: Template;
  readonly workload: Template;
  readonly controller: Template;
}

/** The sample configuration with a service that uses what its services leave out. */
export const withEveryGate: Configuration = {
  ...configuration,
  services: Object.fromEntries(
    Object.entries(configuration.services).map(([service, settings]) => [
      service,
      {
        ...settings,
        secrets: { API_KEY: `${service}-key` },
        ...(settings.burst && { burst: { ...settings.burst, spotShare: 0.5 } }),
        rollout: {
          ...settings.rollout,
          scan: ScanGate.parse({ kind: 'basic' }),
          approval: ApprovalGate.parse({}),
          alarms: [`${service}-late`],
          pipeline: { name: service, stage: 'Release', approval: { stage: 'Approve', action: 'Ask' } },
        },
      },
    ]),
  ),
};

/** The three templates, without bundles and without anything left on the disk. */
export const synthesized = (options: Partial<AppOptions> = {}): Templates => {
  const outdir = mkdtempSync(join(tmpdir(), 'spillway-templates-'));
  try {
    buildApp({ configuration, bundle: false, outdir, ...options }).synth();
    const read = (stack: string): Template => JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
    return {
      network: read('SpillwayNetwork'),
      workload: read('SpillwayWorkload'),
      controller: read('SpillwayController'),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'us-east-1',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A template's value with joins and pseudo parameters worked out; references stay readable: `<Id.Arn>`. */
export const rendered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(rendered);
  if (typeof value !== 'object' || value === null) return value;
  const [[key, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0) {
    if (key === 'Ref') return pseudoParameters[String(argument)] ?? `<${argument}>`;
    if (key === 'Fn::GetAtt') return `<${(argument as string[]).join('.')}>`;
    if (key === 'Fn::ImportValue') return `<import ${rendered(argument)}>`;
    if (key === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(rendered).join(separator);
    }
  }
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, rendered(child)]));
};

export const ofType = (template: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

/** The one resource of a type whose property has a value. */
export const named = (template: Template, type: string, property: string, value: string): Resource => {
  const found = ofType(template, type).filter(([, { Properties }]) => rendered(Properties[property]) === value);
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} have ${property} ${value}`);
  return (found[0] as readonly [string, Resource])[1];
};

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition: unknown;
}

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]) as readonly string[];

const statementsOf = (document: unknown): readonly Statement[] =>
  (rendered(document) as { Statement: readonly Readonly<Record<string, unknown>>[] }).Statement.map((statement) => ({
    effect: String(statement.Effect),
    actions: list(statement.Action),
    resources: list(statement.Resource),
    condition: statement.Condition,
  }));

/** Everything that a role allows: what stands inside of it and in the policies beside it. */
export const statementsOfRole = (template: Template, roleId: string): readonly Statement[] => [
  ...(template.Resources[roleId]?.Properties.Policies ?? []).flatMap((policy: { PolicyDocument: unknown }) =>
    statementsOf(policy.PolicyDocument),
  ),
  ...ofType(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => list(rendered(Properties.Roles)).includes(`<${roleId}>`))
    .flatMap(([, { Properties }]) => statementsOf(Properties.PolicyDocument)),
];

/** Logical id behind `<Id.Arn>`. */
export const idOf = (reference: unknown): string => /^<([^.>]+)/.exec(String(rendered(reference)))?.[1] ?? '';
