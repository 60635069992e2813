import { type App, CfnResource, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Configuration } from '../functions/core/configuration.ts';
import { acknowledgementsFor } from './acknowledgements.ts';

/** Has cdk-nag judge an app when it is synthesized: a finding that nobody acknowledged is an error. */
export const judgeApp = (app: App, configuration: Configuration): void => {
  const acknowledgements = acknowledgementsFor(configuration);
  for (const node of app.node.findAll()) {
    if (!(node instanceof CfnResource)) continue;
    for (const { at, id, reason } of acknowledgements) {
      if (at.test(node.node.path)) Validations.of(node).acknowledge({ id, reason });
    }
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};
