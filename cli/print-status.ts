import type { ServiceStatus, Status } from './read-status.ts';
import { dateTime, shortHex, table } from './words.ts';

/** The status as a person reads it. */
export const printStatus = (status: Status, to: string): string =>
  [`cluster ${status.cluster} at ${to}`, ...status.services.map(printService)].join('\n\n');

const printService = (service: ServiceStatus): string => {
  const lines = [`${service.service}${service.mixture ? '   MIXTURE: its twins rest on different releases' : ''}`];
  lines.push(
    ...table(
      service.twins.map((twin) => [
        twin.twin,
        twin.exists
          ? `${twin.running} of ${twin.desired} running${twin.pending ? `, ${twin.pending} pending` : ''}`
          : 'does not exist',
        shortHex(twin.digest),
        twin.deployment?.toLowerCase().replace('_', ' ') ?? '',
      ]),
    ),
  );
  if (service.rollingOut)
    lines.push(`  rolling out ${shortHex(service.rollingOut.digest)} since ${dateTime(service.rollingOut.startedAt)}`);
  if (service.queue) {
    const { name, visible, inFlight, dead } = service.queue;
    lines.push(`  queue ${name}: ${visible} waiting, ${inFlight} in work${dead ? `, ${dead} in ${name}-dlq` : ''}`);
  }
  if (service.bursting)
    lines.push(
      `  bursting since ${dateTime(service.bursting.startedAt)}${service.bursts[0]?.decided ? `: ${service.bursts[0].decided}` : ''}`,
    );
  if (service.releases.length > 0) {
    lines.push('  releases');
    lines.push(
      ...table(
        service.releases.map((release) => [
          dateTime(release.provedAt),
          shortHex(release.digest),
          `proved on ${release.provedOn.join(', ') || 'nothing'}`,
        ]),
      ),
    );
  }
  if (service.rollouts.length > 0) {
    lines.push('  rollouts');
    lines.push(
      ...table(
        service.rollouts.map((rollout) => [
          dateTime(rollout.startedAt),
          shortHex(rollout.digest),
          rollout.verdict ? `${rollout.verdict} (${rollout.cause})` : 'running',
          rollout.reason ?? '',
        ]),
      ),
    );
  }
  if (service.bursts.length > 0) {
    lines.push('  bursts');
    lines.push(
      ...table(
        service.bursts.map((burst) => [
          dateTime(burst.startedAt),
          burst.verdict ? `${burst.verdict} (${burst.cause})` : 'running',
          `peak ${burst.memory.peakFargateTasks} Fargate tasks, ${burst.memory.peakBacklog} messages`,
          burst.reason ?? burst.decided ?? '',
        ]),
      ),
    );
  }
  return lines.join('\n');
};
