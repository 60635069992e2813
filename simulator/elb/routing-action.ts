import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../cloud/aws-error.ts';
import { elbErrors } from './errors.ts';

/** What a rule does with a request. */
export type RoutingAction = Forward | FixedResponse | Redirect;

export interface Forward {
  readonly kind: 'forward';
  readonly order: number | undefined;
  readonly groups: readonly { readonly arn: string; readonly weight: number }[];
}

export interface FixedResponse {
  readonly kind: 'fixed-response';
  readonly order: number | undefined;
  readonly status: string;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
}

/** Each part may hold `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}` of the request. */
export interface Redirect {
  readonly kind: 'redirect';
  readonly order: number | undefined;
  readonly status: 'HTTP_301' | 'HTTP_302';
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

/** Reads the actions of a request; without authentication a rule has exactly one. @throws AwsError */
export const readActions = (actions: readonly Action[] | undefined): RoutingAction => {
  const [action, ...more] = actions ?? [];
  if (!action) throw elbErrors.validation('An action must be specified');
  for (const { Type } of [action, ...more]) {
    if (String(Type).startsWith('authenticate-') || Type === 'jwt-validation')
      throw notModelled(`the action ${Type} of listener rules`);
  }
  if (more.length > 0)
    throw elbErrors.invalidConfiguration('Rules can have only one forward, redirect or fixed-response action');
  return readAction(action);
};

const readAction = (action: Action): RoutingAction => {
  const order = action.Order;
  switch (action.Type) {
    case 'forward':
      return { kind: 'forward', order, groups: readGroups(action) };
    case 'fixed-response': {
      const config = action.FixedResponseConfig;
      const status = String(config?.StatusCode ?? '');
      if (!/^[245]\d\d$/.test(status))
        throw elbErrors.validation(`Fixed response status code '${status}' must be a 2XX, 4XX or 5XX code`);
      return { kind: 'fixed-response', order, status, contentType: config?.ContentType, body: config?.MessageBody };
    }
    case 'redirect': {
      const config = action.RedirectConfig;
      const status = config?.StatusCode;
      if (status !== 'HTTP_301' && status !== 'HTTP_302')
        throw elbErrors.validation("Redirect status code must be one of '[HTTP_301,HTTP_302]'");
      const redirect: Redirect = {
        kind: 'redirect',
        order,
        status,
        protocol: config?.Protocol ?? '#{protocol}',
        host: config?.Host ?? '#{host}',
        port: config?.Port ?? '#{port}',
        path: config?.Path ?? '/#{path}',
        query: config?.Query ?? '#{query}',
      };
      if (
        redirect.protocol === '#{protocol}' &&
        redirect.host === '#{host}' &&
        redirect.port === '#{port}' &&
        redirect.path === '/#{path}'
      )
        throw elbErrors.invalidConfiguration(
          'A redirect must change at least one of protocol, port, host or path, or it would never end',
        );
      return redirect;
    }
    default:
      throw elbErrors.validation(`Action type '${action.Type}' must be one of '[forward,redirect,fixed-response]'`);
  }
};

const readGroups = (action: Action): Forward['groups'] => {
  if (action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled) throw notModelled('stickiness of target groups');
  const groups = (action.ForwardConfig?.TargetGroups ?? []).map(({ TargetGroupArn = '', Weight = 1 }) => ({
    arn: TargetGroupArn,
    weight: Weight,
  }));
  if (groups.length === 0 && action.TargetGroupArn) groups.push({ arn: action.TargetGroupArn, weight: 1 });
  if (groups.length === 0) throw elbErrors.validation('A target group ARN must be specified');
  if (action.TargetGroupArn && !(groups.length === 1 && groups[0]?.arn === action.TargetGroupArn))
    throw elbErrors.validation(
      'You cannot specify both a target group list and a top level target group ARN in a forward action',
    );
  if (groups.some(({ weight }) => !(weight >= 0 && weight <= 999)))
    throw elbErrors.validation('Target group weight must be between 0 and 999');
  return groups;
};

/** The target groups that an action leads to. */
export const groupsOf = (action: RoutingAction): readonly string[] =>
  action.kind === 'forward' ? action.groups.map(({ arn }) => arn) : [];

export const describeAction = (action: RoutingAction): Action => {
  const order = action.order === undefined ? {} : { Order: action.order };
  switch (action.kind) {
    case 'forward': {
      const [only, ...more] = action.groups;
      return {
        Type: 'forward',
        ...(only && more.length === 0 ? { TargetGroupArn: only.arn } : {}),
        ...order,
        ForwardConfig: {
          TargetGroups: action.groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
          TargetGroupStickinessConfig: { Enabled: false },
        },
      };
    }
    case 'fixed-response':
      return {
        Type: 'fixed-response',
        ...order,
        FixedResponseConfig: {
          StatusCode: action.status,
          ...(action.body === undefined ? {} : { MessageBody: action.body }),
          ...(action.contentType === undefined ? {} : { ContentType: action.contentType }),
        },
      };
    case 'redirect':
      return {
        Type: 'redirect',
        ...order,
        RedirectConfig: {
          Protocol: action.protocol,
          Port: action.port,
          Host: action.host,
          Path: action.path,
          Query: action.query,
          StatusCode: action.status,
        },
      };
  }
};
