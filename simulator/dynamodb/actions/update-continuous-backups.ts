import type { UpdateContinuousBackupsInput, UpdateContinuousBackupsOutput } from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';
import { backupsOf } from './describe-continuous-backups.ts';

export const updateContinuousBackups: ActionDefinition<
  DynamoDbService,
  UpdateContinuousBackupsInput,
  UpdateContinuousBackupsOutput
> = {
  permissions: (service, input) => onTable(service, 'UpdateContinuousBackups', input.TableName),
  run: (service, input) => {
    const table = service.table(input.TableName, 'named');
    const wanted = input.PointInTimeRecoverySpecification;
    table.settings.pointInTimeRecovery = wanted?.PointInTimeRecoveryEnabled ?? false;
    table.settings.recoveryPeriodDays = wanted?.RecoveryPeriodInDays ?? table.settings.recoveryPeriodDays;
    return { ContinuousBackupsDescription: backupsOf(table) };
  },
};
