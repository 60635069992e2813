import type { ListSecretsRequest, ListSecretsResponse } from '@aws-sdk/client-secrets-manager';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SecretsManagerService } from '../secretsmanager-service.ts';
import { describe } from './describe-secret.ts';

export const listSecrets: ActionDefinition<SecretsManagerService, ListSecretsRequest, ListSecretsResponse> = {
  refuses: ['SortBy', 'SortOrder'],
  partly: 'filters other than by name',
  run: (service, input) => {
    const filter = (input.Filters ?? []).find(({ Key }) => Key !== 'name');
    if (filter) throw notModelled(`the filter ${filter.Key} of ListSecrets`);
    const prefixes = (input.Filters ?? []).flatMap(({ Values }) => Values ?? []);
    const matching = [...service.secrets.values()]
      .filter(
        ({ name, deletionMs }) =>
          (input.IncludePlannedDeletion || deletionMs === undefined) &&
          (prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix))),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { NextToken } = input;
    const rest = NextToken === undefined ? matching : matching.filter(({ name }) => name > NextToken);
    const page = rest.slice(0, input.MaxResults ?? 100);
    return {
      SecretList: page.map((secret) => ({ ...describe(secret), SecretVersionsToStages: secret.versionsToStages() })),
      ...(page.length < rest.length ? { NextToken: page.at(-1)?.name } : {}),
    };
  },
};
