import { describe, expect, it } from 'vitest';
import { evaluateCondition, resolveIntrinsics, type Scope } from './intrinsics.ts';

const scope: Scope = {
  stackName: 'Test',
  stackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/1',
  accountId: '123456789012',
  region: 'us-east-1',
  parameters: { Name: 'orders', Zones: ['a', 'b'], Empty: '' },
  mappings: { Sizes: { small: { cpu: '256', list: ['x'] } } },
  condition: (name) => name === 'Yes',
  resource: (logicalId) => `id-of-${logicalId}`,
  attribute: (logicalId, attribute) => (attribute === 'List' ? ['p', 'q'] : `${attribute}-of-${logicalId}`),
  importValue: (name) => `import-of-${name}`,
};

const resolve = (value: unknown): unknown => resolveIntrinsics(value, scope);
/** `${name}`, kept from being taken for a template string. */
const variable = (name: string): string => `$\{${name}}`;

describe('template functions', () => {
  it('resolve parameters, resources and pseudo parameters by Ref', () => {
    expect(resolve([{ Ref: 'Name' }, { Ref: 'Zones' }, { Ref: 'Queue' }])).toEqual([
      'orders',
      ['a', 'b'],
      'id-of-Queue',
    ]);
    expect(
      resolve(['AccountId', 'Region', 'Partition', 'StackName', 'URLSuffix'].map((name) => ({ Ref: `AWS::${name}` }))),
    ).toEqual(['123456789012', 'us-east-1', 'aws', 'Test', 'amazonaws.com']);
  });

  it('drop what is NoValue from objects and lists', () => {
    expect(resolve({ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }, 2] })).toEqual({ b: [1, 2] });
    expect(resolve({ a: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] } })).toEqual({});
  });

  it('read attributes in both forms', () => {
    expect(resolve({ 'Fn::GetAtt': ['Queue', 'Arn'] })).toBe('Arn-of-Queue');
    expect(resolve({ 'Fn::GetAtt': 'Queue.Deep.Name' })).toBe('Deep.Name-of-Queue');
  });

  it('substitute in both forms, and leave escaped names', () => {
    expect(resolve({ 'Fn::Sub': `${variable('Name')}-${variable('AWS::Region')}-${variable('Queue.Arn')}` })).toBe(
      'orders-us-east-1-Arn-of-Queue',
    );
    expect(resolve({ 'Fn::Sub': [`${variable('Own')} ${variable('Name')}`, { Own: { Ref: 'Queue' } }] })).toBe(
      'id-of-Queue orders',
    );
    expect(resolve({ 'Fn::Sub': variable('!Literal') })).toBe(variable('Literal'));
  });

  it('join, split and select', () => {
    expect(resolve({ 'Fn::Join': ['-', ['a', 1, { Ref: 'Name' }]] })).toBe('a-1-orders');
    expect(resolve({ 'Fn::Join': [',', { 'Fn::GetAtt': ['X', 'List'] }] })).toBe('p,q');
    expect(resolve({ 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] })).toBe('b');
    expect(() => resolve({ 'Fn::Select': [2, ['a', 'b']] })).toThrow(
      'Template error: Fn::Select cannot select nonexistent value at index 2',
    );
  });

  it('look into maps', () => {
    expect(resolve({ 'Fn::FindInMap': ['Sizes', 'small', 'cpu'] })).toBe('256');
    expect(() => resolve({ 'Fn::FindInMap': ['Sizes', 'big', 'cpu'] })).toThrow(
      'Template error: Unable to get mapping for Sizes::big::cpu',
    );
  });

  it('list zones and cut networks', () => {
    expect(resolve({ 'Fn::Select': [1, { 'Fn::GetAZs': '' }] })).toBe('us-east-1b');
    expect(resolve({ 'Fn::Cidr': ['10.0.0.0/16', 3, 8] })).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']);
    expect(() => resolve({ 'Fn::Cidr': ['10.0.0.0/24', 2, 8] })).toThrow('Fn::Cidr cannot make 2 blocks');
  });

  it('encode, import and choose', () => {
    expect(resolve({ 'Fn::Base64': 'hello' })).toBe('aGVsbG8=');
    expect(resolve({ 'Fn::ImportValue': { 'Fn::Sub': `net-${variable('Name')}` } })).toBe('import-of-net-orders');
    expect(resolve({ 'Fn::If': ['Yes', 'then', 'else'] })).toBe('then');
  });

  it('evaluate conditions', () => {
    const holds = (expression: unknown): boolean => evaluateCondition(expression, scope);
    expect(holds({ 'Fn::Equals': [{ Ref: 'Name' }, 'orders'] })).toBe(true);
    expect(holds({ 'Fn::Not': [{ Condition: 'Yes' }] })).toBe(false);
    expect(holds({ 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] })).toBe(false);
    expect(holds({ 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': [1, '1'] }] })).toBe(true);
  });

  it('that are not known are refused by name', () => {
    expect(() => resolve({ 'Fn::ForEach': [] })).toThrow(
      'The local cloud does not model the template function Fn::ForEach',
    );
  });
});
