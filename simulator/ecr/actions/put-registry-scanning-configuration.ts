import type {
  PutRegistryScanningConfigurationRequest,
  PutRegistryScanningConfigurationResponse,
} from '@aws-sdk/client-ecr';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcrService } from '../ecr-service.ts';
import { invalidParameter } from '../errors.ts';

/** Basic scanning knows scans on push and by hand, enhanced scanning scans on push and continuous ones. */
const frequencies = { BASIC: ['SCAN_ON_PUSH', 'MANUAL'], ENHANCED: ['SCAN_ON_PUSH', 'CONTINUOUS_SCAN'] } as const;

export const putRegistryScanningConfiguration: ActionDefinition<
  EcrService,
  PutRegistryScanningConfigurationRequest,
  PutRegistryScanningConfigurationResponse
> = {
  run: (service, input) => {
    const scanType = input.scanType ?? 'BASIC';
    const rules = structuredClone(input.rules ?? []);
    for (const { scanFrequency } of rules)
      if (!(frequencies[scanType] as readonly (string | undefined)[]).includes(scanFrequency))
        throw invalidParameter(
          `Invalid parameter at 'rules' failed to satisfy constraint: 'Scan frequency ${scanFrequency} is not supported for scan type ${scanType}'`,
        );
    service.scanner.configuration = { scanType, rules };
    service.scanner.onConfiguration(service.repositories.values());
    return { registryScanningConfiguration: { scanType, rules: structuredClone(rules) } };
  },
};
