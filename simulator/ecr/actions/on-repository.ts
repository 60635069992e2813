import type { Permission, PolicyDocument } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';

/** What IAM is asked for an action on one repository, whose own policy may allow it too. */
export const onRepository = (action: string) => ({
  permissions: (service: EcrService, input: { readonly repositoryName?: string }): readonly Permission[] => [
    { action: `ecr:${action}`, resource: service.arnOf(input.repositoryName) },
  ],
  resourcePolicy: (service: EcrService, input: { readonly repositoryName?: string }): PolicyDocument | undefined =>
    service.policyOf(input.repositoryName),
});
