import type { Output, ResourceStatus, StackStatus, Tag } from '@aws-sdk/client-cloudformation';
import type { ResolvedParameters } from './parameters.ts';
import type { Existing } from './resource-provider.ts';
import type { ResourceDeclaration, Template } from './template.ts';

/** A resource of a stack as it stands. `physicalId` is empty while a create has made nothing yet. */
export interface StackResource extends Existing {
  readonly logicalId: string;
  readonly type: string;
  readonly declaration: ResourceDeclaration;
  /** Logical ids of the resources that must exist before this one, and go after it. */
  readonly after: readonly string[];
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly updatedMs: number;
}

export interface StackEventEntry {
  readonly id: string;
  readonly atMs: number;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly token?: string;
  readonly properties?: string;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  updatedMs: number | undefined;
  deletedMs: number | undefined;
  status: StackStatus;
  statusReason: string | undefined;
  template: Template;
  parameters: ResolvedParameters;
  capabilities: readonly string[];
  tags: readonly Tag[];
  outputs: readonly Output[];
  /** Names of the exports that the stack's resources were made from. */
  imports: ReadonlySet<string>;
  resources: ReadonlyMap<string, StackResource>;
  /** Oldest first. */
  readonly events: StackEventEntry[];
  disableRollback: boolean;
}

/** How an operation on a stack ended. */
export interface StackResult {
  readonly stackName: string;
  readonly stackId: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  /** Whether the stack is as the template says. */
  readonly ok: boolean;
  /** False when there was nothing to do. */
  readonly changed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  /** What failed on its own, not because something else did. */
  readonly failures: readonly { readonly logicalId: string; readonly type: string; readonly reason: string }[];
}
