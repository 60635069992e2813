import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, DefaultStackSynthesizer } from 'aws-cdk-lib';
import { type ConfigurationInput, defineConfiguration } from '../functions/core/configuration.ts';
import { ControllerStack } from './controller/controller-stack.ts';
import { controllerFunctions, provisionTwin } from './controller/function-catalogue.ts';
import { bundled, unbundled } from './controller/function-code.ts';
import { featureFlags } from './feature-flags.ts';
import { type Workflow, workflows, workloadStackName } from './names.ts';
import { NetworkStack } from './network/network-stack.ts';
import { WorkloadStack } from './workload/workload-stack.ts';

export interface AppOptions {
  readonly configuration: ConfigurationInput;
  /** Folder of the cloud assembly. Default: a temporary folder that nobody deletes. */
  readonly outdir?: string;
  /** Whether the functions are bundled; templates alone do not need it. Default: true. */
  readonly bundle?: boolean;
  /** Name of the code that is not bundled; under another one, every function is new. */
  readonly build?: string;
  /** Whether the templates are checked by the CDK's own rules, each finding an error. Default: false. */
  readonly validate?: boolean;
  /** Context besides the feature flags. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Texts of the state machines. Default: the files in `state-machines/`. */
  readonly workflowTexts?: Readonly<Record<Workflow, string>>;
}

const projectRoot = resolve(import.meta.dirname, '..');

const workflowFiles = (): Readonly<Record<Workflow, string>> =>
  Object.fromEntries(
    workflows.map((name) => [name, readFileSync(join(projectRoot, 'state-machines', `${name}.asl.json`), 'utf8')]),
  ) as Record<Workflow, string>;

/**
 * The three stacks, for any account and Region: what deploys, what the tests read and what the local cloud boots from.
 * @throws InvalidConfiguration naming each wrong field.
 */
export const buildApp = (options: AppOptions): App => {
  const configuration = defineConfiguration(options.configuration);
  const validate = options.validate ?? false;
  const app = new App({
    outdir: options.outdir,
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    // The validation costs 6 to 8 s of CPU in every process, so only the one synthesis that is to be judged pays it.
    builtinCloudFormationValidation: validate,
    postCliContext: {
      ...featureFlags,
      '@aws-cdk/core:validateAgainstDefaultRules': validate,
      ...options.context,
    },
  });
  // A list of bundling stacks that is empty says, as for the CDK's own constructs, that nothing is to be bundled.
  const bundlingStacks: unknown = app.node.tryGetContext('aws:cdk:bundling-stacks');
  const bundle = (options.bundle ?? true) && !(Array.isArray(bundlingStacks) && bundlingStacks.length === 0);
  const folders = [provisionTwin, ...controllerFunctions].map((plan) => plan.folder);
  const bundles = join(app.outdir, 'bundles');
  const code = bundle ? bundled(folders, bundles) : unbundled(options.build);

  const stack = (description: string) => ({
    description,
    // The rule and the parameter that check the bootstrap's version are the command line's to check.
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  });
  const network = new NetworkStack(app, 'SpillwayNetwork', {
    ...stack('Spillway: where tasks run'),
    configuration,
  });
  const workload = new WorkloadStack(app, workloadStackName, {
    ...stack('Spillway: the services and their twins'),
    configuration,
    network,
    code,
  });
  const controller = new ControllerStack(app, 'SpillwayController', {
    ...stack('Spillway: rolls out, bursts and operates the twins'),
    configuration,
    code,
    workflowTexts: options.workflowTexts ?? workflowFiles(),
  });
  // Each bundle was copied into the assembly, under its hash, when its function was made.
  rmSync(bundles, { recursive: true, force: true });
  // The first names the cluster, the second the twins, that the next one works on; neither is imported.
  workload.addStackDependency(network);
  controller.addStackDependency(workload);

  return app;
};
