import type { EmittedMetric } from '../cloud/service.ts';

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

/**
 * The metrics that a log line in the embedded metric format carries (CloudWatch, Embedded_Metric_Format_Specification);
 * a line that is not in the format, or malformed, carries none.
 */
export const embeddedMetrics = (message: string): readonly Omit<EmittedMetric, 'atMs'>[] => {
  // Nearly every line ends here, without being parsed.
  if (!message.includes('"_aws"')) return [];
  const line = parse(message);
  const directives = (line?._aws as { CloudWatchMetrics?: unknown } | undefined)?.CloudWatchMetrics;
  if (!line || !Array.isArray(directives)) return [];
  return directives.flatMap((directive: Directive) => readDirective(line, directive));
};

/** The time that a line gives for its metrics. */
export const embeddedTime = (message: string): number | undefined => {
  const stamp = (parse(message)?._aws as { Timestamp?: unknown } | undefined)?.Timestamp;
  return typeof stamp === 'number' ? stamp : undefined;
};

const parse = (message: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(message);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const readDirective = (
  line: Readonly<Record<string, unknown>>,
  { Namespace: namespace, Dimensions, Metrics }: Directive,
): Omit<EmittedMetric, 'atMs'>[] => {
  if (typeof namespace !== 'string' || !Array.isArray(Metrics)) return [];
  const sets: readonly (readonly string[])[] = Array.isArray(Dimensions) && Dimensions.length > 0 ? Dimensions : [[]];
  return Metrics.flatMap(({ Name: name, Unit: unit }: { Name?: unknown; Unit?: unknown }) => {
    if (typeof name !== 'string') return [];
    const found = line[name];
    const values = (Array.isArray(found) ? found : [found]).filter((value) => typeof value === 'number');
    return sets.flatMap((set) => {
      const dimensions = Object.fromEntries(set.map((key) => [key, String(line[key])]));
      return values.map((value: number) => ({
        namespace,
        name,
        dimensions,
        value,
        ...(typeof unit === 'string' ? { unit } : {}),
      }));
    });
  });
};
