import type { Cloud } from '../../simulator/cloud/cloud.ts';

/** One of the customer's own machines, registered with ECS Anywhere. */
export interface Machine {
  /** Its id in Systems Manager, `mi-` and 17 hexadecimal digits. */
  readonly managedInstanceId: string;
  /** CPU units that tasks may use, 1024 a core. */
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly site: string;
  /** Of the site's router, as AWS sees it. Left out: policies see none. */
  readonly publicAddress?: string;
}

/** The premises of the sample: three machines of one core and 2 GiB at one site; each takes two order processors. */
export const sampleMachines: readonly Machine[] = [1, 2, 3].map((number) => ({
  managedInstanceId: `mi-${String(number).repeat(17)}`,
  cpuUnits: 1024,
  memoryMiB: 2048,
  site: 'dc1',
  // From the block that is kept for documentation (RFC 5737).
  publicAddress: '203.0.113.10',
}));

/** Registers the machines, as the install script of ECS Anywhere does on each of them. */
export const registerMachines = (cloud: Cloud, cluster: string, machines: readonly Machine[]): void => {
  for (const { managedInstanceId, cpuUnits, memoryMiB, site, publicAddress } of machines) {
    cloud.ecs.registerExternalInstance({
      cluster,
      managedInstanceId,
      cpuUnits,
      memoryMiB,
      publicAddress,
      attributes: [{ name: 'site', value: site }],
    });
  }
};
