import { buildApp } from './build-app.ts';

// The CDK's command line names a folder of its own; `node infra/app.ts` alone writes where `cdk.json` says.
buildApp({
  outdir: process.env.CDK_OUTDIR ?? 'cdk.out',
  validate: process.env.CDK_VALIDATION !== 'false',
}).synth();
