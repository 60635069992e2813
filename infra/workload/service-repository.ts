import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';
import { keepTagPrefix } from '../../functions/core/configuration.ts';

export interface ServiceRepositoryProps {
  readonly service: string;
}

/** More than a repository can hold (ECR's quota is 100,000 images), so that the rule below matches and never expires. */
const neverReachedImages = 1_000_000;

/** Where the images of one service are pushed. Its name is the service's name: a push names what is to be rolled out. */
export class ServiceRepository extends Construct {
  readonly repository: Repository;

  constructor(scope: Construct, id: string, props: ServiceRepositoryProps) {
    super(scope, id);
    this.repository = new Repository(this, 'Repository', {
      repositoryName: props.service,
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          // "An image that matches the tagging requirements of a rule cannot be expired by a rule with a lower
          // priority": a proved release stays, whatever rules an operator adds below.
          // https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
          rulePriority: 1,
          description: 'Spare proved and marked releases',
          tagStatus: TagStatus.TAGGED,
          tagPatternList: [`${keepTagPrefix}*`, 'keep-*', 'release-*'],
          maxImageCount: neverReachedImages,
        },
        {
          rulePriority: 2,
          description: 'Expire images that no tag names any more',
          tagStatus: TagStatus.UNTAGGED,
          maxImageAge: Duration.days(14),
        },
      ],
    });
  }
}
