import type {
  ConnectionAuthorizationType,
  ConnectionAuthResponseParameters,
  ConnectionHttpParameters,
  ConnectionState,
  CreateConnectionAuthRequestParameters,
  UpdateConnectionAuthRequestParameters,
} from '@aws-sdk/client-eventbridge';
import { validation } from './errors.ts';

/** How requests to an HTTP endpoint are authorized; what is secret in it is kept in Secrets Manager. */
export interface Connection {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  secretArn: string;
  authorizationType: ConnectionAuthorizationType;
  authParameters: ConnectionAuthResponseParameters | undefined;
  description: string | undefined;
  kmsKey: string | undefined;
  state: ConnectionState;
  modifiedMs: number;
  authorizedMs: number | undefined;
}

export type AuthParameters = CreateConnectionAuthRequestParameters | UpdateConnectionAuthRequestParameters;

/** What is kept secret of the parameters. @throws AwsError when they do not go with the type */
export const secretOf = (type: ConnectionAuthorizationType, parameters: AuthParameters | undefined): string => {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = parameters ?? {};
  const shared = parameters?.InvocationHttpParameters;
  const invocation = shared && Object.keys(shared).length > 0 ? { invocation_http_parameters: snakeCase(shared) } : {};
  if (type === 'BASIC' && basic)
    return JSON.stringify({ username: basic.Username, password: basic.Password, ...invocation });
  if (type === 'API_KEY' && key)
    return JSON.stringify({ api_key_name: key.ApiKeyName, api_key_value: key.ApiKeyValue, ...invocation });
  if (type === 'OAUTH_CLIENT_CREDENTIALS' && oauth)
    return JSON.stringify({
      client_id: oauth.ClientParameters?.ClientID,
      client_secret: oauth.ClientParameters?.ClientSecret,
      authorization_endpoint: oauth.AuthorizationEndpoint,
      http_method: oauth.HttpMethod,
      ...(oauth.OAuthHttpParameters ? { oauth_http_parameters: snakeCase(oauth.OAuthHttpParameters) } : {}),
      ...invocation,
    });
  throw validation(`The authorization type ${type} needs the parameters of that type.`);
};

/** The names of a secret's members are those of the API in the secret's own case. */
const snakeCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
      snakeCase(member),
    ]),
  );
};

/** The parameters as everybody may see them. */
export const shownParameters = (
  parameters: AuthParameters | undefined,
): ConnectionAuthResponseParameters | undefined => {
  if (parameters === undefined) return undefined;
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = parameters;
  const { InvocationHttpParameters: invocation } = parameters;
  return {
    ...(basic ? { BasicAuthParameters: { Username: basic.Username } } : {}),
    ...(key ? { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } } : {}),
    ...(oauth
      ? {
          OAuthParameters: {
            AuthorizationEndpoint: oauth.AuthorizationEndpoint,
            ClientParameters: { ClientID: oauth.ClientParameters?.ClientID },
            HttpMethod: oauth.HttpMethod,
            ...(oauth.OAuthHttpParameters ? { OAuthHttpParameters: withoutSecrets(oauth.OAuthHttpParameters) } : {}),
          },
        }
      : {}),
    ...(invocation ? { InvocationHttpParameters: withoutSecrets(invocation) } : {}),
  };
};

const withoutSecrets = (parameters: ConnectionHttpParameters): ConnectionHttpParameters => {
  const { BodyParameters: body, HeaderParameters: header, QueryStringParameters: query } = parameters;
  return {
    ...(body ? { BodyParameters: body.map(withoutSecret) } : {}),
    ...(header ? { HeaderParameters: header.map(withoutSecret) } : {}),
    ...(query ? { QueryStringParameters: query.map(withoutSecret) } : {}),
  };
};

const withoutSecret = <Parameter extends { Value?: string | undefined; IsValueSecret?: boolean | undefined }>({
  Value,
  ...rest
}: Parameter) => (rest.IsValueSecret ? rest : { ...rest, Value });

/** What every answer about a connection tells. */
export const stateOf = (connection: Connection) => ({
  ConnectionArn: connection.arn,
  ConnectionState: connection.state,
  CreationTime: new Date(connection.createdMs),
  LastModifiedTime: new Date(connection.modifiedMs),
  ...(connection.authorizedMs === undefined ? {} : { LastAuthorizedTime: new Date(connection.authorizedMs) }),
});

/** With OAuth, EventBridge asks the authorization server before it calls a connection authorized. */
export const authorize = (connection: Connection, nowMs: number): void => {
  const asks = connection.authorizationType === 'OAUTH_CLIENT_CREDENTIALS';
  connection.state = asks ? 'AUTHORIZING' : 'AUTHORIZED';
  connection.modifiedMs = nowMs;
  connection.authorizedMs = asks ? undefined : nowMs;
};
