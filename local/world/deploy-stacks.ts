import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { Assembly } from './assembly.ts';

export class StackFailed extends Error {
  override readonly name = 'StackFailed';
}

/**
 * Creates (or updates) every stack of the assembly, in order.
 * @throws StackFailed with CloudFormation's own reason.
 */
export const deployStacks = async (cloud: Cloud, assembly: Assembly): Promise<void> => {
  for (const { name, template } of assembly.stacks) {
    const result = await cloud.cloudFormation.deploy({ stackName: name, template });
    if (!result.ok) {
      const causes = result.failures.map((failure) => `${failure.logicalId} (${failure.type}): ${failure.reason}`);
      throw new StackFailed(
        `stack ${name} ended as ${result.status}: ${causes.join('; ') || (result.statusReason ?? 'no reason given')}`,
      );
    }
  }
};
