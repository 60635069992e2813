import type { AwsError } from '../../simulator/cloud/aws-error.ts';
import type { ServiceName } from '../../simulator/cloud/service.ts';

/** A call that a function makes, as it reaches AWS. Each attempt of the SDK counts. */
export interface FunctionCall {
  /** Folder of the function, `move-twin`. */
  readonly folder: string;
  /** What the function was invoked with. */
  readonly payload: unknown;
  readonly service: ServiceName;
  readonly action: string;
  readonly input: unknown;
}

/** What becomes of a call. Left out: it takes its way. */
export type Fate =
  /** The process of the function dies before the call is sent. */
  | { readonly kind: 'killed-before' }
  /** The call takes effect, and the process dies before it can read the answer. */
  | { readonly kind: 'killed-after' }
  /** The process dies; its call was sent already, and takes effect so much later. */
  | { readonly kind: 'killed-and-late'; readonly lateMs: number }
  /** AWS refuses the call. The SDK tries again what it tries again. */
  | { readonly kind: 'refused'; readonly error: AwsError }
  /** The call takes effect, and AWS answers an error all the same. */
  | { readonly kind: 'answer-lost'; readonly error: AwsError }
  /** AWS answers what was true a while ago. */
  | { readonly kind: 'stale'; readonly answer: unknown };

/** What stands between functions and AWS in a world with faults. Draws come from the kernel, so that one seed is one history. */
export interface Interference {
  readonly fateOf: (call: FunctionCall) => Fate | undefined;
  /** Called with each call that took effect, at that moment. */
  readonly onEffect?: (call: FunctionCall, answer: unknown) => void;
}
