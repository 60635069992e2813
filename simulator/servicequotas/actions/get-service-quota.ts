import type { GetServiceQuotaRequest, GetServiceQuotaResponse } from '@aws-sdk/client-service-quotas';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { ServiceQuotasService } from '../servicequotas-service.ts';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const quotas: Readonly<Record<string, { readonly name: string; readonly usageClass: string }>> = {
  'L-3032A538': { name: 'Fargate On-Demand vCPU resource count', usageClass: 'Standard/OnDemand' },
  'L-36FBB829': { name: 'Fargate Spot vCPU resource count', usageClass: 'Standard/Spot' },
};

export const getServiceQuota: ActionDefinition<ServiceQuotasService, GetServiceQuotaRequest, GetServiceQuotaResponse> =
  {
    refuses: ['ContextId'],
    partly: 'quotas other than `L-3032A538` and `L-36FBB829` of the service `fargate`',
    permissions: (service, input) => [
      {
        action: 'servicequotas:GetServiceQuota',
        resource: quotaArn(service, input.ServiceCode ?? '', input.QuotaCode ?? ''),
      },
    ],
    run: (service, input) => {
      const { ServiceCode = '', QuotaCode = '' } = input;
      if (ServiceCode !== 'fargate') throw notModelled(`the quotas of the service '${ServiceCode}'`);
      const quota = quotas[QuotaCode];
      if (!quota)
        throw new AwsError(
          'NoSuchResourceException',
          `The request failed because the specified service quota ${QuotaCode} does not exist.`,
          { status: 404 },
        );
      return {
        Quota: {
          ServiceCode,
          ServiceName: 'AWS Fargate',
          QuotaArn: quotaArn(service, ServiceCode, QuotaCode),
          QuotaCode,
          QuotaName: quota.name,
          Value: service.ctx.fidelity.ecs.fargateVcpus,
          Unit: 'None',
          Adjustable: true,
          GlobalQuota: false,
          UsageMetric: {
            MetricNamespace: 'AWS/Usage',
            MetricName: 'ResourceCount',
            MetricDimensions: { Class: quota.usageClass, Resource: 'vCPU', Service: 'Fargate', Type: 'Resource' },
            MetricStatisticRecommendation: 'Maximum',
          },
          QuotaAppliedAtLevel: 'ACCOUNT',
        },
      };
    },
  };

const quotaArn = ({ ctx }: ServiceQuotasService, service: string, quota: string): string =>
  `arn:aws:servicequotas:${ctx.region}:${ctx.accountId}:${service}/${quota}`;
