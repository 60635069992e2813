import type {
  AttributeValue,
  GetItemOutput,
  QueryOutput,
  ScanOutput,
  UpdateItemOutput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { DynamoDbService } from './dynamodb-service.ts';

type Item = Record<string, AttributeValue>;

const start = async (): Promise<LoneService<DynamoDbService>> => {
  const world = loneService((ctx) => new DynamoDbService(ctx));
  await world.call('CreateTable', {
    TableName: 'releases',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  });
  return world;
};

const key = (sk: number): Item => ({ pk: { S: 'a' }, sk: { N: String(sk) } });

const put = (world: LoneService<DynamoDbService>, item: Item, more: object = {}) =>
  world.call('PutItem', { TableName: 'releases', Item: item, ...more });

const get = async (world: LoneService<DynamoDbService>, sk = 1, more: object = {}) =>
  (await world.call<GetItemOutput>('GetItem', { TableName: 'releases', Key: key(sk), ...more })).Item;

const update = (world: LoneService<DynamoDbService>, expression: string, more: object = {}) =>
  world.call<UpdateItemOutput>('UpdateItem', {
    TableName: 'releases',
    Key: key(1),
    UpdateExpression: expression,
    ...more,
  });

/** Whether a condition holds for an item, seen from a delete that only happens when it does. */
const holds = async (item: Item, condition: string, values: Item = {}, names?: Record<string, string>) => {
  const world = await start();
  await put(world, { ...key(1), ...item });
  try {
    await world.call('DeleteItem', {
      TableName: 'releases',
      Key: key(1),
      ConditionExpression: condition,
      ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
      ...(names ? { ExpressionAttributeNames: names } : {}),
    });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

describe('items', () => {
  it('come back as they were put, numbers in their shortest form, and are not shared with the caller', async () => {
    const world = await start();
    const item: Item = { ...key(1), n: { N: '1.50' }, list: { L: [{ S: 'x' }] }, bytes: { B: Uint8Array.of(1, 2) } };
    await put(world, item);
    (item.list as { L: AttributeValue[] }).L.push({ S: 'later' });
    const read = await get(world);
    expect(read).toEqual({ ...key(1), n: { N: '1.5' }, list: { L: [{ S: 'x' }] }, bytes: { B: Uint8Array.of(1, 2) } });
    read?.list?.L?.push({ S: 'later' });
    expect((await get(world))?.list).toEqual({ L: [{ S: 'x' }] });
  });

  it('need exactly the key of their table', async () => {
    const world = await start();
    await expect(put(world, { pk: { S: 'a' } })).rejects.toThrow(
      'One or more parameter values were invalid: Missing the key sk in the item',
    );
    await expect(put(world, { pk: { S: 'a' }, sk: { S: '1' } })).rejects.toThrow(
      'Type mismatch for key sk expected: N actual: S',
    );
    await expect(put(world, { pk: { S: '' }, sk: { N: '1' } })).rejects.toThrow('cannot contain an empty string value');
    await expect(world.call('GetItem', { TableName: 'releases', Key: { pk: { S: 'a' } } })).rejects.toThrow(
      'The provided key element does not match the schema',
    );
  });

  it('are of at most 400 KB', async () => {
    const world = await start();
    const fill = 400 * 1024 - 'pk'.length - 'a'.length - 'sk'.length - 2 - 'x'.length;
    await put(world, { ...key(1), x: { S: 'x'.repeat(fill) } });
    await expect(put(world, { ...key(1), x: { S: 'x'.repeat(fill + 1) } })).rejects.toThrow(
      'Item size has exceeded the maximum allowed size',
    );
  });

  it('of a missing table are refused without its name', async () => {
    const world = await start();
    await expect(world.call('GetItem', { TableName: 'nothing', Key: {} })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    await expect(world.call('DescribeTable', { TableName: 'nothing' })).rejects.toThrow(
      'Requested resource not found: Table: nothing not found',
    );
  });

  it('show the part of themselves that a projection names', async () => {
    const world = await start();
    await put(world, {
      ...key(1),
      map: { M: { a: { S: '1' }, b: { S: '2' } } },
      list: { L: [{ S: 'x' }, { S: 'y' }] },
    });
    expect(
      await get(world, 1, {
        ProjectionExpression: '#m.b, list[1], missing',
        ExpressionAttributeNames: { '#m': 'map' },
      }).catch(String),
    ).toContain('reserved keyword: list');
    expect(
      await get(world, 1, {
        ProjectionExpression: '#m.b, #l[1], absent',
        ExpressionAttributeNames: { '#m': 'map', '#l': 'list' },
      }),
    ).toEqual({ map: { M: { b: { S: '2' } } }, list: { L: [{ S: 'y' }] } });
  });

  it('ask IAM with their partition key', async () => {
    const world = await start();
    await get(world);
    expect(world.asked.at(-1)).toEqual([
      {
        action: 'dynamodb:GetItem',
        resource: 'arn:aws:dynamodb:us-east-1:123456789012:table/releases',
        context: { 'dynamodb:LeadingKeys': ['a'] },
      },
    ]);
    await world.call('Query', {
      TableName: 'releases',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'b' } },
    });
    expect(world.asked.at(-1)?.[0]?.context).toEqual({ 'dynamodb:LeadingKeys': ['b'] });
  });
});

describe('conditions', () => {
  it.each([
    ['attribute_exists(a)', true],
    ['attribute_exists(m.x)', true],
    ['attribute_exists(m.y)', false],
    ['attribute_not_exists(b)', true],
    ['attribute_not_exists(a)', false],
    ['NOT attribute_exists(b) AND attribute_exists(a)', true],
    ['attribute_exists(b) OR attribute_exists(a) AND attribute_exists(b)', false],
    ['(attribute_exists(b) OR attribute_exists(a)) AND attribute_exists(l[0])', true],
    ['attribute_exists(l[2])', false],
    ['size(l) > size(m)', true],
    ['m.x = a', true],
  ])('%s: %s', async (condition, expected) => {
    const item: Item = { a: { N: '5' }, m: { M: { x: { N: '5.0' } } }, l: { L: [{ S: 'p' }, { S: 'q' }] } };
    expect(await holds(item, condition)).toBe(expected);
  });

  it.each<[string, AttributeValue, boolean]>([
    ['a = :v', { N: '5.0' }, true],
    ['a = :v', { S: '5' }, false],
    ['a <> :v', { S: '5' }, true],
    ['absent <> :v', { N: '1' }, true],
    ['absent < :v', { N: '1' }, false],
    ['NOT absent < :v', { N: '1' }, true],
    ['a < :v', { N: '10' }, true],
    ['a < :v', { S: '9' }, false],
    ['a BETWEEN :v AND a', { N: '5' }, true],
    ['a BETWEEN :v AND a', { N: '6' }, false],
    ['a IN (absent, :v)', { N: '5' }, true],
    ['begins_with(s, :v)', { S: 'rol' }, true],
    ['begins_with(s, :v)', { S: 'oll' }, false],
    ['contains(s, :v)', { S: 'oll' }, true],
    ['contains(tags, :v)', { S: 'new' }, true],
    ['contains(tags, :v)', { S: 'ne' }, false],
    ['contains(l, :v)', { N: '1' }, true],
    ['attribute_type(s, :v)', { S: 'S' }, true],
    ['attribute_type(tags, :v)', { S: 'S' }, false],
    ['size(s) = :v', { N: '7' }, true],
    ['size(tags) >= :v', { N: '3' }, false],
    ['tags = :v', { SS: ['old', 'new'] }, true],
  ])('%s with %j: %s', async (condition, value, expected) => {
    const item: Item = {
      a: { N: '5' },
      s: { S: 'rollout' },
      tags: { SS: ['new', 'old'] },
      l: { L: [{ N: '1' }] },
    };
    expect(await holds(item, condition, { ':v': value })).toBe(expected);
  });

  it('that fail say so in the sentence of DynamoDB, with the item where it was asked for', async () => {
    const world = await start();
    await put(world, { ...key(1), fence: { N: '7' } });
    const request = { ConditionExpression: 'attribute_not_exists(pk)' };
    await expect(put(world, key(1), request)).rejects.toMatchObject({
      code: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      fields: {},
    });
    await expect(
      put(world, key(1), { ...request, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    ).rejects.toMatchObject({ fields: { Item: { ...key(1), fence: { N: '7' } } } });
    expect(await get(world)).toEqual({ ...key(1), fence: { N: '7' } });
  });

  it('see an item that does not exist as an empty one', async () => {
    const world = await start();
    await put(world, key(1), { ConditionExpression: 'attribute_not_exists(pk) OR fence < fence' });
    expect(await get(world)).toEqual(key(1));
  });
});

describe('expressions that DynamoDB refuses', () => {
  const attempt = async (condition: string, more: object = {}) => {
    const world = await start();
    return put(world, key(1), { ConditionExpression: condition, ...more });
  };

  it('use a reserved word as it is', async () => {
    await expect(attempt('attribute_not_exists(status)')).rejects.toThrow(
      'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
    );
  });

  it('use a placeholder that is not defined, or leave one unused', async () => {
    await expect(attempt('a = :v')).rejects.toThrow(
      'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v',
    );
    await expect(attempt('attribute_exists(#n)')).rejects.toThrow(
      'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #n',
    );
    await expect(
      attempt('attribute_exists(a)', { ExpressionAttributeValues: { ':v': { S: 'x' }, ':w': { S: 'y' } } }),
    ).rejects.toThrow('Value provided in ExpressionAttributeValues unused in expressions: keys: {:v, :w}');
  });

  it('are no sentence of the language', async () => {
    await expect(attempt('a = = b')).rejects.toThrow(
      'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
    );
    await expect(attempt('a =')).rejects.toThrow('Syntax error; token: "<EOF>", near: "="');
    await expect(attempt('is_there(a)')).rejects.toThrow('Invalid function name; function: is_there');
    await expect(attempt(' ')).rejects.toThrow('The expression can not be empty;');
  });

  it('write one path twice, or the key', async () => {
    const world = await start();
    await expect(update(world, 'SET a.b = pk REMOVE a')).rejects.toThrow(
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]',
    );
    await expect(update(world, 'SET sk = pk')).rejects.toThrow(
      'Cannot update attribute sk. This attribute is part of the key',
    );
    await expect(update(world, 'REMOVE a REMOVE b')).rejects.toThrow('The "REMOVE" section can only be used once');
  });

  it('are of the time before expressions', async () => {
    const world = await start();
    await expect(put(world, key(1), { Expected: {} })).rejects.toThrow('the parameter Expected of DynamoDB');
  });
});

describe('updates', () => {
  it('read every right-hand side from the item as it was', async () => {
    const world = await start();
    await put(world, { ...key(1), a: { N: '1' }, b: { N: '2' } });
    await update(world, 'SET a = b, b = a');
    expect(await get(world)).toEqual({ ...key(1), a: { N: '2' }, b: { N: '1' } });
  });

  it('make an item that does not exist', async () => {
    const world = await start();
    const answer = await update(world, 'SET fence = if_not_exists(fence, :zero) + :one', {
      ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
    });
    expect(answer.Attributes).toEqual({ ...key(1), fence: { N: '1' } });
  });

  it('count exactly, beyond what a double can hold', async () => {
    const world = await start();
    await put(world, { ...key(1), n: { N: '9007199254740993' } });
    await update(world, 'SET n = n + :v ADD m :w', {
      ExpressionAttributeValues: { ':v': { N: '0.1' }, ':w': { N: '-3' } },
    });
    expect(await get(world)).toEqual({ ...key(1), n: { N: '9007199254740993.1' }, m: { N: '-3' } });
  });

  it('append to lists, write behind their end, and take elements out by their old positions', async () => {
    const world = await start();
    await put(world, { ...key(1), l: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] } });
    await update(world, 'SET l = list_append(l, :more)', {
      ExpressionAttributeValues: { ':more': { L: [{ S: 'd' }] } },
    });
    await update(world, 'SET l[9] = :e REMOVE l[0], l[2]', { ExpressionAttributeValues: { ':e': { S: 'e' } } });
    expect((await get(world))?.l).toEqual({ L: [{ S: 'b' }, { S: 'd' }, { S: 'e' }] });
  });

  it('add to sets and take from them, and drop a set that becomes empty', async () => {
    const world = await start();
    await put(world, { ...key(1), tags: { SS: ['a', 'b'] } });
    await update(world, 'ADD tags :v', { ExpressionAttributeValues: { ':v': { SS: ['b', 'c'] } } });
    expect((await get(world))?.tags).toEqual({ SS: ['a', 'b', 'c'] });
    await update(world, 'DELETE tags :v', { ExpressionAttributeValues: { ':v': { SS: ['a', 'b', 'c', 'd'] } } });
    expect(await get(world)).toEqual(key(1));
  });

  it('fail as a whole where a path leads nowhere', async () => {
    const world = await start();
    await put(world, { ...key(1), a: { N: '1' } });
    await expect(update(world, 'SET b = a, m.x = a')).rejects.toThrow(
      'The document path provided in the update expression is invalid for update',
    );
    await expect(update(world, 'SET b = absent')).rejects.toThrow(
      'The provided expression refers to an attribute that does not exist in the item',
    );
    await expect(update(world, 'SET b = a + pk')).rejects.toThrow(
      'An operand in the update expression has an incorrect data type',
    );
    expect(await get(world)).toEqual({ ...key(1), a: { N: '1' } });
  });

  it.each([
    ['ALL_OLD', { ...key(1), a: { N: '1' }, b: { N: '2' } }],
    ['UPDATED_OLD', { a: { N: '1' } }],
    ['ALL_NEW', { ...key(1), a: { N: '9' }, b: { N: '2' } }],
    ['UPDATED_NEW', { a: { N: '9' } }],
    ['NONE', undefined],
  ])('return %s', async (ReturnValues, expected) => {
    const world = await start();
    await put(world, { ...key(1), a: { N: '1' }, b: { N: '2' } });
    const answer = await update(world, 'SET a = :v', {
      ExpressionAttributeValues: { ':v': { N: '9' } },
      ReturnValues,
    });
    expect(answer.Attributes).toEqual(expected);
  });
});

describe('queries', () => {
  const filled = async () => {
    const world = await start();
    for (const sk of [10, 9, 100, 1, 55]) await put(world, { ...key(sk), odd: { BOOL: sk % 2 === 1 } });
    await put(world, { pk: { S: 'b' }, sk: { N: '1' } });
    return world;
  };

  const query = async (world: LoneService<DynamoDbService>, range: string, values: Item = {}, more: object = {}) => {
    const answer = await world.call<QueryOutput>('Query', {
      TableName: 'releases',
      KeyConditionExpression: `pk = :pk${range}`,
      ExpressionAttributeValues: { ':pk': { S: 'a' }, ...values },
      ...more,
    });
    return { ...answer, keys: answer.Items?.map(({ sk }) => Number(sk?.N)) };
  };

  it('give one partition in the order of the sort key, or backwards', async () => {
    const world = await filled();
    expect((await query(world, '')).keys).toEqual([1, 9, 10, 55, 100]);
    expect((await query(world, '', {}, { ScanIndexForward: false })).keys).toEqual([100, 55, 10, 9, 1]);
  });

  it.each<[string, Item, number[]]>([
    [' AND sk > :a', { ':a': { N: '10' } }, [55, 100]],
    [' AND sk BETWEEN :a AND :b', { ':a': { N: '9' }, ':b': { N: '55' } }, [9, 10, 55]],
    [' AND sk = :a', { ':a': { N: '9.0' } }, [9]],
  ])('take a condition on the sort key: %s', async (range, values, expected) => {
    expect((await query(await filled(), range, values)).keys).toEqual(expected);
  });

  it('go on where the last page stopped, in both directions', async () => {
    const world = await filled();
    for (const ScanIndexForward of [true, false]) {
      const pages: (number[] | undefined)[] = [];
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await query(world, '', {}, { Limit: 2, ScanIndexForward, ExclusiveStartKey });
        pages.push(page.keys);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(pages).toEqual(ScanIndexForward ? [[1, 9], [10, 55], [100]] : [[100, 55], [10, 9], [1]]);
    }
  });

  it('limit what is read, not what the filter lets through', async () => {
    const world = await filled();
    const page = await query(
      world,
      '',
      { ':yes': { BOOL: true } },
      { Limit: 3, FilterExpression: 'odd = :yes', Select: 'COUNT' },
    );
    expect(page).toMatchObject({ Count: 2, ScannedCount: 3, LastEvaluatedKey: key(10) });
    expect(page.Items).toBeUndefined();
  });

  it('need the partition key', async () => {
    const world = await filled();
    await expect(
      world.call('Query', {
        TableName: 'releases',
        KeyConditionExpression: 'sk = :sk',
        ExpressionAttributeValues: { ':sk': { N: '1' } },
      }),
    ).rejects.toThrow('Query condition missed key schema element: pk');
  });

  it('scan a table page by page, each item once', async () => {
    const world = await filled();
    const seen: string[] = [];
    let ExclusiveStartKey: Item | undefined;
    do {
      const page: ScanOutput = await world.call('Scan', { TableName: 'releases', Limit: 2, ExclusiveStartKey });
      for (const { pk, sk } of page.Items ?? []) seen.push(`${pk?.S}${sk?.N}`);
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    expect(seen.sort()).toEqual(['a1', 'a10', 'a100', 'a55', 'a9', 'b1']);
  });
});

describe('tables', () => {
  it('cannot be created twice, nor deleted while they are protected', async () => {
    const world = await start();
    const again = {
      TableName: 'releases',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    };
    await expect(world.call('CreateTable', again)).rejects.toMatchObject({ code: 'ResourceInUseException' });
    await world.call('UpdateTable', { TableName: 'releases', DeletionProtectionEnabled: true });
    await expect(world.call('DeleteTable', { TableName: 'releases' })).rejects.toThrow('protected against deletion');
    await world.call('UpdateTable', { TableName: 'releases', DeletionProtectionEnabled: false });
    await world.call('DeleteTable', { TableName: 'releases' });
    expect(await world.call('ListTables')).toEqual({ TableNames: [] });
  });

  it('refuse what is not modelled by its name', async () => {
    const world = await start();
    await expect(world.call('Query', { TableName: 'releases', IndexName: 'by-time' })).rejects.toThrow(
      'secondary indexes',
    );
  });

  it('delete an item two days after its time to live, unless it was written again', async () => {
    const world = await start();
    await world.call('UpdateTimeToLive', {
      TableName: 'releases',
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    });
    const inSeconds = (seconds: number) => ({ expires: { N: String(world.kernel.now() / 1000 + seconds) } });
    await put(world, { ...key(1), ...inSeconds(60) });
    await put(world, { ...key(2), ...inSeconds(60) });
    await put(world, { ...key(2), ...inSeconds(120) });
    await world.pass(2 * 86_400_000 + 59_999);
    expect(await get(world, 1)).toBeDefined();
    await world.pass(1);
    expect(await get(world, 1)).toBeUndefined();
    expect(await get(world, 2)).toBeDefined();
    await world.pass(60_000);
    expect(await get(world, 2)).toBeUndefined();
  });
});
