import type { Block, ServiceStatus, Status } from './read-status.ts';
import { dateTime, fitting, oneLine, shortHex, table } from './words.ts';

/** The status as a person reads it, each line no longer than the terminal is wide, where it is one. */
export const printStatus = (status: Status, to: string, columns?: number): string =>
  [
    `cluster ${status.cluster} at ${to}`,
    ...status.services.map((each) => printService(each, status.services.length > 1)),
  ]
    .join('\n\n')
    .split('\n')
    .map((line) => fitting(line, columns))
    .join('\n');

/** Of the images that are held, where not one service alone was asked for. */
const holdsTold = 3;

const since = ({ by, at }: { readonly by: string; readonly at: string }): string =>
  `by ${by || 'somebody'} since ${dateTime(at)}`;
const because = ({ reason }: { readonly reason: string }): string => (reason ? `: ${reason}` : '');

/** @param alone whether no other start waits, which the same word would let go on */
const tellBlock = (service: string, block: Block, alone: boolean): string => {
  switch (block.kind) {
    case 'needs-a-person':
      return `the way back of a rollout failed, and a person is needed: npx spillway explain ${service}`;
    case 'frozen':
      return `frozen${block.services === 'all' ? ' with all services' : ''} ${since(block)}${because(block)}`;
    case 'outside-window':
      return `no rollout before ${dateTime(block.opensAt)}: its windows are ${block.windows.join('; ')}`;
    case 'waits': {
      const { image, digest, by, at, rolloutId } = block;
      const what = `${image.split('@')[0]} (${shortHex(digest)}), asked for by ${by} at ${dateTime(at)}`;
      return block.for === 'scan'
        ? `waits for the scan of ${what}`
        : `waits for an approval of ${what}: npx spillway approve ${service}${alone ? '' : ` --rollout ${rolloutId}`}, or deny`;
    }
    case 'held':
      return `held: ${shortHex(block.digest)} ${since(block)}${because(block)}`;
  }
};

const tellBlocks = ({ service, blocks }: ServiceStatus, shortly: boolean): readonly string[] => {
  const held = blocks.filter(({ kind }) => kind === 'held');
  const alone = blocks.filter(({ kind }) => kind === 'waits').length === 1;
  const left = shortly ? held.slice(holdsTold) : [];
  return [
    ...blocks.filter((block) => !left.includes(block)).map((block) => oneLine(tellBlock(service, block, alone))),
    ...(left.length > 0 ? [`held: ${left.length} more: npx spillway status ${service}`] : []),
  ];
};

const printService = (service: ServiceStatus, shortly: boolean): string => {
  const lines = [`${service.service}${service.mixture ? '   MIXTURE: its twins rest on different releases' : ''}`];
  lines.push(...tellBlocks(service, shortly).map((line) => `  ${line}`));
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
