import { AwsError } from '../cloud/aws-error.ts';
import type { AddressHolder, SubnetSource } from '../cloud/ports.ts';
import type { ActionDefinition, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { createSubnet } from './actions/create-subnet.ts';
import { deleteSubnet } from './actions/delete-subnet.ts';
import { describeSubnets } from './actions/describe-subnets.ts';
import type { Subnet } from './subnet.ts';

/** Of Amazon EC2 the subnets, whose free addresses bound how many tasks start; there is no network behind them. */
export class Ec2Service implements SimulatedService, SubnetSource {
  readonly name = 'ec2';
  readonly ctx: ServiceContext;
  readonly subnets = new Map<string, Subnet>();
  readonly #addresses: AddressHolder;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<Ec2Service, any, any>>> = {
    CreateSubnet: createSubnet,
    DeleteSubnet: deleteSubnet,
    DescribeSubnets: describeSubnets,
  };

  constructor(ctx: ServiceContext, addresses: AddressHolder = { addressesIn: () => 0 }) {
    this.ctx = ctx;
    this.#addresses = addresses;
  }

  /** @throws AwsError */
  subnet(id: string): Subnet {
    const subnet = this.subnets.get(id);
    if (!subnet) throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
    return subnet;
  }

  /** Takes addresses of a subnet out of reach, as other users of the network do. */
  holdAddresses(subnetId: string, count: number): void {
    this.subnet(subnetId).heldAddresses = count;
  }

  hasFreeAddress(subnetId: string): boolean {
    const subnet = this.subnets.get(subnetId);
    return subnet === undefined || this.availableAddresses(subnet) > 0;
  }

  /** "The first four IP addresses and the last IP address in each subnet CIDR block are not available." */
  availableAddresses(subnet: Subnet): number {
    const size = 2 ** (32 - subnet.prefixLength);
    return Math.max(0, size - 5 - subnet.heldAddresses - this.#addresses.addressesIn(subnet.id));
  }
}
