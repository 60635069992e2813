import { expect, test } from 'vitest';
import { queueVariable, roleStem, tableVariable } from './names.ts';

test('a queue and a table name their variables', () => {
  expect(queueVariable('orders-onprem')).toBe('ORDERS_ONPREM_QUEUE_URL');
  expect(tableVariable('orders')).toBe('ORDERS_TABLE_NAME');
});

test('a role name fits into 64 characters with the longest Region, and long names stay apart', () => {
  const longest = 'ap-southeast-1';
  const long = `spillway-${'a'.repeat(61)}`;
  expect(roleStem('spillway-web-ui-execution')).toBe('spillway-web-ui-execution');
  expect(roleStem('b'.repeat(49))).toBe('b'.repeat(49));
  expect(`${roleStem('b'.repeat(50))}-${longest}`).toHaveLength(64);
  expect(roleStem(`${long}-execution`)).not.toBe(roleStem(`${long}-fargate-task`));
});
