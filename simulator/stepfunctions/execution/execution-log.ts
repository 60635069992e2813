import type { HistoryEvent, LoggingConfiguration } from '@aws-sdk/client-sfn';
import type { ServiceContext } from '../../cloud/service.ts';

const fatal = new Set<string>(['ExecutionAborted', 'ExecutionFailed', 'ExecutionTimedOut']);

const isLogged = (level: string | undefined, type: string): boolean => {
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return fatal.has(type) || /(Failed|TimedOut|Aborted)$/.test(type);
    case 'FATAL':
      return fatal.has(type);
    default:
      return false;
  }
};

/** Members of event details that hold data of the execution, left out unless the machine logs them. */
const dataMembers = new Set(['input', 'output', 'parameters', 'assignedVariables']);

/**
 * Writes an execution's events to the log group that its machine names.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
export const executionLogger = (
  ctx: ServiceContext,
  configuration: LoggingConfiguration | undefined,
  execution: { readonly arn: string; readonly machineName: string; readonly startMs: number },
): ((event: HistoryEvent) => void) | undefined => {
  const groupArn = configuration?.destinations?.[0]?.cloudWatchLogsLogGroup?.logGroupArn;
  const level = configuration?.level;
  if (groupArn === undefined || level === undefined || level === 'OFF') return undefined;
  const group = groupArn.split(':')[6] ?? groupArn;
  const minute = new Date(execution.startMs).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  const stream = `states/${execution.machineName}/${minute}/${ctx.kernel.hex('states-log-stream', 8)}`;
  return ({ id, previousEventId, timestamp, type, ...rest }) => {
    if (!isLogged(level, String(type))) return;
    const [details = {}] = Object.values(rest) as Record<string, unknown>[];
    const shown = Object.entries(details).filter(
      ([name]) => configuration?.includeExecutionData === true || !dataMembers.has(name),
    );
    ctx.log({
      group,
      stream,
      message: JSON.stringify({
        id: String(id),
        type,
        details: Object.fromEntries(shown),
        previous_event_id: String(previousEventId),
        event_timestamp: String(timestamp?.getTime()),
        execution_arn: execution.arn,
      }),
    });
  };
};
