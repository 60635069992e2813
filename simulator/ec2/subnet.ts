export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  /** `10.0.0.0/24` */
  readonly block: string;
  readonly prefixLength: number;
  readonly zone: string;
  readonly tags: Map<string, string>;
  /** Addresses that others than tasks hold. */
  heldAddresses: number;
}
