export interface RoleState {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdMs: number;
  description: string | undefined;
  maxSessionSeconds: number;
  /** The trust policy as JSON text. */
  trustPolicy: string;
  /** Documents as JSON text, by policy name. */
  readonly inlinePolicies: Map<string, string>;
  readonly attachedPolicyArns: Set<string>;
  tags: Readonly<Record<string, string>>;
}

export interface PolicyState {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdMs: number;
  readonly description: string | undefined;
  updatedMs: number;
  defaultVersionId: string;
  /** How many versions there ever were; version ids are never used again. */
  versionsMade: number;
  readonly versions: Map<string, { readonly document: string; readonly createdMs: number }>;
}

export interface InstanceProfileState {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdMs: number;
  roleName: string | undefined;
}
