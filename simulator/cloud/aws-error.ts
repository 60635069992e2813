/**
 * An error as AWS answers it. `code` is the name of the error's shape in the service model
 * (`ServiceNotFoundException`), which is what clients, retries and state machines match on.
 */
export class AwsError extends Error {
  readonly code: string;
  /** HTTP status code. */
  readonly status: number;
  /** Further members of the error's shape, e.g. `resourceIds`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The older name that query-compatible services send in `x-amzn-query-error`, e.g. `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly queryCode: string | undefined;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly fields?: Readonly<Record<string, unknown>>;
      readonly queryCode?: string;
    } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
    this.queryCode = options.queryCode;
  }
}

/** What the simulator answers for an action that it does not model: refused by name, never answered wrongly. */
export const notModelled = (what: string): AwsError =>
  new AwsError('NotModelledException', `The local cloud does not model ${what}.`, { status: 501 });
