import type {
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResponse,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { type AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { constraints, validation } from '../errors.ts';
import { busNameOf, type EventsService } from '../events-service.ts';
import type { BusEvent } from '../model.ts';

/** Marks a call by which a rule passes an event on to another bus: the event itself, not a new one, goes there. */
export const passedOn = Symbol('an event that a rule passes on');

export interface PutEventsInput extends PutEventsRequest {
  readonly [passedOn]?: BusEvent;
}

const entriesMax = 10;
/** 1 MB since January 2026; before, 256 KB. */
const bytesMax = 1_048_576;

export const putEvents: ActionDefinition<EventsService, PutEventsInput, PutEventsResponse> = {
  partly: 'global endpoints',
  permissions: (service, input) => {
    const { region, accountId } = service.ctx;
    // Each entry is asked for by itself, with what a policy may bind: eventbridge userguide, eb-use-conditions.
    const asked = new Map(
      (input.Entries ?? []).map(({ EventBusName, Source = '', DetailType = '' }) => {
        const bus = busNameOf(EventBusName);
        return [JSON.stringify([bus, Source, DetailType]), { bus, source: Source, detailType: DetailType }];
      }),
    );
    return [...asked.values()].map(({ bus, source, detailType }) => ({
      action: 'events:PutEvents',
      resource: `arn:aws:events:${region}:${accountId}:event-bus/${bus}`,
      // What a rule passes on has its source already, and no policy is asked about it.
      ...(source !== '' && { context: { 'events:source': source, 'events:detail-type': detailType } }),
    }));
  },
  // Each bus has a policy of its own, so only a request for one bus can be allowed by it.
  resourcePolicy: (service, input) => {
    const [bus, ...others] = new Set((input.Entries ?? []).map((entry) => busNameOf(entry.EventBusName)));
    return others.length > 0 ? undefined : service.buses.get(bus ?? '')?.policy;
  },
  run: (service, input) => {
    const entries = input.Entries ?? [];
    const event = input[passedOn];
    if (event) {
      service.passOn(service.bus(entries[0]?.EventBusName).name, event);
      return { FailedEntryCount: 0, Entries: [{ EventId: event.id }] };
    }
    if (input.EndpointId) throw notModelled('global endpoints');
    if (entries.length === 0) throw outOfBounds('[]', 'greater than or equal to 1');
    if (entries.length > entriesMax)
      throw outOfBounds(`[${entries.map(spell).join(', ')}]`, `less than or equal to ${entriesMax}`);
    if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > bytesMax)
      throw validation('Total size of the entries in the request is over the limit.');
    const results = entries.map((entry) => putOne(service, entry));
    return {
      FailedEntryCount: results.filter((result) => result.ErrorCode).length,
      Entries: results,
    };
  },
};

const outOfBounds = (value: string, bound: string): AwsError =>
  constraints([{ value, member: 'entries', rule: `Member must have length ${bound}` }]);

const putOne = (service: EventsService, entry: PutEventsRequestEntry): PutEventsResultEntry => {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name])
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
  }
  const source = entry.Source as string;
  if (/^aws\./i.test(source))
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  const detail = readDetail(entry.Detail as string);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = entry.Time === undefined ? undefined : epochMs(entry.Time);
  return {
    // An event for a bus that does not exist is accepted and gets lost.
    EventId: service.publish(busNameOf(entry.EventBusName), {
      source,
      detailType: entry.DetailType as string,
      resources: entry.Resources ?? [],
      detail,
      timeMs: time,
    }),
  };
};

const readDetail = (text: string): Record<string, unknown> | undefined => {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? (detail as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};

/** Callers' times come as a Date, as seconds since the epoch, or as ISO text. */
const epochMs = (time: Date | number | string): number =>
  typeof time === 'number' ? time * 1000 : new Date(time).getTime();

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html */
const sizeOf = (entry: PutEventsRequestEntry): number =>
  (entry.Time === undefined ? 0 : 14) +
  [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    0,
  );

/** An entry as AWS's validation writes it into its error. */
const spell = (entry: PutEventsRequestEntry): string =>
  `PutEventsRequestEntry(time=${entry.Time ?? null}, source=${entry.Source ?? null}, resources=${entry.Resources ?? null}, ` +
  `detailType=${entry.DetailType ?? null}, detail=${entry.Detail ?? null}, eventBusName=${entry.EventBusName ?? null}, ` +
  'traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)';
