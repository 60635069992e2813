import { InvalidConfiguration } from '../functions/core/configuration.ts';
import { BundleFailed } from './controller/bundle-functions.ts';

const synthesize = async (): Promise<void> => {
  // Read here and not at the top: a mistake in the configuration is thrown while the file is loaded.
  const { default: configuration } = await import('../spillway.config.ts');
  const { buildApp } = await import('./build-app.ts');
  const { judgeApp } = await import('./judge-app.ts');
  const validate = process.env.CDK_VALIDATION !== 'false';
  // The CDK's command line names a folder of its own; `node infra/app.ts` alone writes where `cdk.json` says.
  const app = buildApp({ configuration, outdir: process.env.CDK_OUTDIR ?? 'cdk.out', validate });
  if (validate) judgeApp(app, configuration);
  const { stacks } = app.synth();
  // Under the command line, standard output is the template's.
  if (!process.env.CDK_OUTDIR) {
    console.log(`${stacks.length} stacks in ${app.outdir}${validate ? ', validated' : ''}`);
  }
};

try {
  await synthesize();
} catch (error) {
  // What a person can mend is a sentence; anything else shows where it came from.
  if (!(error instanceof InvalidConfiguration || error instanceof BundleFailed)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
