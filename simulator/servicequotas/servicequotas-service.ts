import type { ActionDefinition, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { getServiceQuota } from './actions/get-service-quota.ts';

/** Of Service Quotas what the simulator itself keeps to: how many vCPUs Fargate may run at once. */
export class ServiceQuotasService implements SimulatedService {
  readonly name = 'servicequotas';
  readonly ctx: ServiceContext;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<ServiceQuotasService, any, any>>> = {
    GetServiceQuota: getServiceQuota,
  };

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }
}
