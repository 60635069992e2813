import { createHash } from 'node:crypto';
import type { ParameterMetadata, Parameter as ShownParameter } from '@aws-sdk/client-ssm';

/** One version of a parameter's value. */
export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: 'SecureString' | 'String' | 'StringList';
  readonly modifiedMs: number;
}

/** Versions that Parameter Store keeps of one parameter. */
const versionsMax = 100;

export class Parameter {
  readonly name: string;
  readonly arn: string;
  readonly tags = new Map<string, string>();
  readonly versions: ParameterVersion[] = [];
  description: string | undefined;
  allowedPattern: string | undefined;
  tier: 'Advanced' | 'Standard' = 'Standard';
  keyId: string | undefined;

  constructor(name: string, arn: string) {
    this.name = name;
    this.arn = arn;
  }

  get latest(): ParameterVersion {
    return this.versions.at(-1) as ParameterVersion;
  }

  add(value: string, type: ParameterVersion['type'], modifiedMs: number): number {
    const version = (this.versions.at(-1)?.version ?? 0) + 1;
    this.versions.push({ version, value, type, modifiedMs });
    if (this.versions.length > versionsMax) this.versions.shift();
    return version;
  }

  show({ version, value, type, modifiedMs }: ParameterVersion, decrypted: boolean, selector?: string): ShownParameter {
    return {
      Name: this.name,
      Type: type,
      // Who does not ask for decryption gets a text that is of no use to anybody.
      Value: type === 'SecureString' && !decrypted ? createHash('sha256').update(value).digest('base64') : value,
      Version: version,
      ...(selector === undefined ? {} : { Selector: selector }),
      LastModifiedDate: new Date(modifiedMs),
      ARN: this.arn,
      DataType: 'text',
    };
  }

  metadata(): ParameterMetadata {
    const { version, type, modifiedMs } = this.latest;
    return {
      Name: this.name,
      ARN: this.arn,
      Type: type,
      ...(this.keyId === undefined ? {} : { KeyId: this.keyId }),
      LastModifiedDate: new Date(modifiedMs),
      ...(this.description === undefined ? {} : { Description: this.description }),
      ...(this.allowedPattern === undefined ? {} : { AllowedPattern: this.allowedPattern }),
      Version: version,
      Tier: this.tier,
      Policies: [],
      DataType: 'text',
    };
  }
}
