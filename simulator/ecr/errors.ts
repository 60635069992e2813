import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import { AwsError } from '../cloud/aws-error.ts';

export const repositoryNotFound = (name: string, registryId: string): AwsError =>
  new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
  );

export const imageNotFound = (id: ImageIdentifier, repository: string, registryId: string): AwsError =>
  new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist within the repository with name '${repository}' in the registry with id '${registryId}'`,
  );

export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', message);

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);
