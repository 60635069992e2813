/** Where the rules of the drills come from, by the names that AWS's pages have. */

/** A page of the Amazon ECS developer guide. */
export const guide = (page: string): string => `ECS developer guide, ${page}`;

/** A type or action of the Amazon ECS API reference. */
export const reference = (name: string): string => `ECS API reference, ${name}`;

/** What AWS does not publish: the simulator's default, an option of `simulator/cloud/fidelity.ts` with its reason. */
export const assumed = (option: string): string => `not published by AWS; fidelity option ${option}`;

/** What people who use AWS have reported. */
export const reported = (where: string): string => `users' reports, ${where}`;
