import configuration from '../spillway.config.ts';
import { buildApp } from './build-app.ts';
import { judgeApp } from './judge-app.ts';

const validate = process.env.CDK_VALIDATION !== 'false';
// The CDK's command line names a folder of its own; `node infra/app.ts` alone writes where `cdk.json` says.
const app = buildApp({ configuration, outdir: process.env.CDK_OUTDIR ?? 'cdk.out', validate });
if (validate) judgeApp(app, configuration);
const { stacks } = app.synth();
// Under the command line, standard output is the template's.
if (!process.env.CDK_OUTDIR) {
  console.log(`${stacks.length} stacks in ${app.outdir}${validate ? ', validated' : ''}`);
}
