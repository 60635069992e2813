import type {
  ContinuousBackupsDescription,
  DescribeContinuousBackupsInput,
  DescribeContinuousBackupsOutput,
} from '@aws-sdk/client-dynamodb';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { DynamoDbService } from '../dynamodb-service.ts';
import { onTable } from '../item-request.ts';
import type { Table } from '../table.ts';

export const describeContinuousBackups: ActionDefinition<
  DynamoDbService,
  DescribeContinuousBackupsInput,
  DescribeContinuousBackupsOutput
> = {
  permissions: (service, input) => onTable(service, 'DescribeContinuousBackups', input.TableName),
  run: (service, input) => ({ ContinuousBackupsDescription: backupsOf(service.table(input.TableName, 'named')) }),
};

export const backupsOf = ({ settings }: Table): ContinuousBackupsDescription => ({
  ContinuousBackupsStatus: 'ENABLED',
  PointInTimeRecoveryDescription: settings.pointInTimeRecovery
    ? { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: settings.recoveryPeriodDays }
    : { PointInTimeRecoveryStatus: 'DISABLED' },
});
