import { AwsError } from '../../cloud/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { jsonText, list, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

interface Target extends JsonObject {
  readonly Id: string;
}

const put = async (context: ResourceContext, Name: string, properties: Properties): Promise<string> => {
  const { RuleArn } = await context.call<{ RuleArn: string }>('events', 'PutRule', {
    Name,
    ...pick(properties, 'Description', 'EventBusName', 'RoleArn', 'ScheduleExpression'),
    ...(properties.EventPattern === undefined ? {} : { EventPattern: jsonText(properties.EventPattern) }),
    State: text(properties, 'State') ?? 'ENABLED',
    ...(properties.Tags === undefined ? {} : { Tags: tagList(properties) }),
  });
  return RuleArn;
};

const putTargets = async (context: ResourceContext, Rule: string, properties: Properties): Promise<void> => {
  const Targets = list<Target>(properties, 'Targets');
  if (Targets.length === 0) return;
  const answer = await context.call<{
    FailedEntryCount?: number;
    FailedEntries?: readonly { TargetId?: string; ErrorMessage?: string }[];
  }>('events', 'PutTargets', { Rule, ...pick(properties, 'EventBusName'), Targets });
  const [failed] = answer.FailedEntries ?? [];
  if (failed) throw new AwsError('ValidationException', `Target ${failed.TargetId}: ${failed.ErrorMessage}`);
};

const removeTargets = async (
  context: ResourceContext,
  Rule: string,
  properties: Properties,
  Ids: readonly string[],
): Promise<void> => {
  if (Ids.length > 0) await context.call('events', 'RemoveTargets', { Rule, ...pick(properties, 'EventBusName'), Ids });
};

const ids = (properties: Properties): readonly string[] =>
  list<Target>(properties, 'Targets').map((target) => target.Id);

/** `rule` on the default bus, `bus|rule` on another. */
const ruleName = (physicalId: string): string => physicalId.slice(physicalId.indexOf('|') + 1);

export const eventsRule: ResourceProvider = {
  type: 'AWS::Events::Rule',
  properties: [
    'Description',
    'EventBusName',
    'EventPattern',
    'Name',
    'RoleArn',
    'ScheduleExpression',
    'State',
    'Tags',
    'Targets',
  ],
  attributes: ['Arn'],
  replacedBy: ['EventBusName', 'Name'],
  create: async (context, properties) => {
    const name = text(properties, 'Name') ?? context.name();
    const Arn = await put(context, name, properties);
    const bus = text(properties, 'EventBusName');
    const physicalId = bus === undefined || bus === 'default' ? name : `${bus}|${name}`;
    context.made(physicalId);
    await putTargets(context, name, properties);
    return { physicalId, attributes: { Arn } };
  },
  update: async (context, { before, properties, changed }) => {
    const name = ruleName(before.physicalId);
    await put(context, name, properties);
    if (changed.has('Targets')) {
      const kept = ids(properties);
      await removeTargets(
        context,
        name,
        properties,
        ids(before.properties).filter((id) => !kept.includes(id)),
      );
      await putTargets(context, name, properties);
    }
    return before;
  },
  delete: async (context, existing) => {
    const name = ruleName(existing.physicalId);
    await removeTargets(context, name, existing.properties, ids(existing.properties));
    await context.call('events', 'DeleteRule', { Name: name, ...pick(existing.properties, 'EventBusName') });
  },
};
