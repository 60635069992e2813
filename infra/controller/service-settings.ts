import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { ServiceConfiguration } from '../../functions/core/configuration.ts';
import { settingsPrefix } from '../names.ts';

export interface ServiceSettingsProps {
  readonly service: string;
  readonly settings: ServiceConfiguration;
}

/** A standard parameter of Parameter Store holds 4 KB; the advanced tier holds 8 KB and costs money. */
const standardTierBytes = 4096;

/** The configuration of one service where the controller's functions read it. */
export class ServiceSettings extends Construct {
  constructor(scope: Construct, id: string, props: ServiceSettingsProps) {
    super(scope, id);
    const value = JSON.stringify(props.settings);
    new StringParameter(this, 'Parameter', {
      parameterName: `${settingsPrefix}${props.service}`,
      description: `How Spillway runs, rolls out and bursts ${props.service}`,
      stringValue: value,
      tier: Buffer.byteLength(value) > standardTierBytes ? ParameterTier.ADVANCED : ParameterTier.STANDARD,
    });
  }
}
