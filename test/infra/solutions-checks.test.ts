import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, expect, test } from 'vitest';
import { acknowledgementsFor } from '../../infra/acknowledgements.ts';
import { buildApp } from '../../infra/build-app.ts';
import { judgeApp } from '../../infra/judge-app.ts';
import configuration from '../../spillway.config.ts';

const outdir = mkdtempSync(join(tmpdir(), 'spillway-checks-'));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

/** `<rule> <path>` of each finding. */
const findings = (app: ReturnType<typeof buildApp>): readonly string[] =>
  new AwsSolutionsChecks(app)
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );

test('cdk-nag finds nothing that nobody acknowledged', () => {
  const app = buildApp({ configuration, bundle: false, outdir });
  judgeApp(app, configuration);
  expect(findings(app)).toEqual([]);
});

test('an existing cluster changes no verdict', () => {
  const beside = { ...configuration, existing: { clusterName: 'shared' } };
  const app = buildApp({ configuration: beside, bundle: false, outdir });
  judgeApp(app, beside);
  expect(findings(app)).toEqual([]);
});

test('tasks on Spot are looked at with wildcards that are acknowledged', () => {
  const shared = structuredClone(configuration);
  for (const settings of Object.values(shared.services)) if (settings.burst) settings.burst.spotShare = 0.5;
  const app = buildApp({ configuration: shared, bundle: false, outdir });
  judgeApp(app, shared);
  expect(findings(app)).toEqual([]);
});

test('alarms that a service names are read with a wildcard that is acknowledged', () => {
  const watched = structuredClone(configuration);
  for (const settings of Object.values(watched.services)) settings.rollout.alarms = ['orders-go-wrong'];
  const app = buildApp({ configuration: watched, bundle: false, outdir });
  judgeApp(app, watched);
  expect(findings(app)).toEqual([]);
});

/** A message takes longer than a stopping task has: 26 s of 30 s, 5 s of which it needs to give back what is left. */
const withLongMessages = () => {
  const long = structuredClone(configuration);
  for (const settings of Object.values(long.services)) if (settings.burst) settings.burst.workSecondsPerMessage = 26;
  return long;
};

test('tasks that spare themselves from a scale-in do so by a wildcard that is acknowledged', () => {
  for (const long of [withLongMessages(), { ...withLongMessages(), existing: { clusterName: 'shared' } }]) {
    const app = buildApp({ configuration: long, bundle: false, outdir });
    judgeApp(app, long);
    expect(findings(app)).toEqual([]);
  }
});

test.each([
  ['as it is', configuration],
  ['with long messages', withLongMessages()],
])('every acknowledgement answers a finding: %s', (_, judged) => {
  const found = findings(buildApp({ configuration: judged, bundle: false, outdir }));
  const idle = acknowledgementsFor(judged).filter(
    ({ at, id }) => !found.some((finding) => finding.startsWith(`${id} `) && at.test(finding.slice(id.length + 1))),
  );
  expect(idle.map(({ at, id }) => `${id} at ${at}`)).toEqual([]);
});

test('a finding on a new resource is reported, however many others are acknowledged', () => {
  const app = buildApp({ configuration, bundle: false, outdir });
  new CfnQueue(app.node.findChild('SpillwayController'), 'Careless');
  judgeApp(app, configuration);
  expect(findings(app)).toContain('AwsSolutions-SQS4 SpillwayController/Careless');
});
