import type { CreateTargetGroupInput, ModifyTargetGroupInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../cloud/aws-error.ts';
import { elbErrors } from './errors.ts';

export interface HealthCheckSettings {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** As the API takes it: `200`, `200,202`, `200-299`. */
  readonly matcher: string;
}

/** Of an application load balancer's groups of IP targets (API_CreateTargetGroup). */
export const defaultHealthCheck: HealthCheckSettings = {
  path: '/',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

/** The settings after a request. `port` is the group's. @throws AwsError */
export const withHealthCheck = (
  before: HealthCheckSettings,
  input: Partial<CreateTargetGroupInput | ModifyTargetGroupInput>,
  port: number,
): HealthCheckSettings => {
  if ((input.HealthCheckProtocol ?? 'HTTP') !== 'HTTP')
    throw notModelled(`health checks over ${input.HealthCheckProtocol}`);
  const checkPort = input.HealthCheckPort ?? 'traffic-port';
  if (checkPort !== 'traffic-port' && Number(checkPort) !== port)
    throw notModelled('health checks on another port than the one that gets the traffic');
  if (input.HealthCheckEnabled === false)
    throw elbErrors.validation("Health check enabled must be true for target groups with target type 'ip'");
  if (input.Matcher?.GrpcCode !== undefined) throw notModelled('gRPC health checks');
  const settings: HealthCheckSettings = {
    path: input.HealthCheckPath ?? before.path,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? before.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? before.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? before.unhealthyThreshold,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
  };
  if (!settings.path.startsWith('/'))
    throw elbErrors.validation(`Health check path '${settings.path}' must begin with a '/' character`);
  inRange('Health check interval', settings.intervalSeconds, 5, 300);
  inRange('Health check timeout', settings.timeoutSeconds, 2, 120);
  inRange('Healthy threshold count', settings.healthyThreshold, 2, 10);
  inRange('Unhealthy threshold count', settings.unhealthyThreshold, 2, 10);
  // One check is over before the next begins, so that a target needs one timer only.
  if (settings.timeoutSeconds >= settings.intervalSeconds)
    throw elbErrors.validation('Health check interval must be greater than the timeout.');
  for (const [from, to] of codeRanges(settings.matcher)) {
    if (!(from >= 200 && to <= 499 && from <= to))
      throw elbErrors.validation(`Health check matcher HTTP code '${settings.matcher}' must be within '200-499'`);
  }
  return settings;
};

/** Whether a health check may be answered with this status. */
export const acceptsStatus = (settings: HealthCheckSettings, status: number): boolean =>
  codeRanges(settings.matcher).some(([from, to]) => status >= from && status <= to);

const codeRanges = (matcher: string): [number, number][] =>
  matcher.split(',').map((part) => {
    const [from, to = from] = part.split('-');
    return [Number(from), Number(to)];
  });

const inRange = (what: string, value: number, least: number, most: number): void => {
  if (!(Number.isInteger(value) && value >= least && value <= most))
    throw elbErrors.validation(`${what} must be between ${least} and ${most}`);
};
