import type { MessageAttributeValue } from '@aws-sdk/client-sns';

export interface Topic {
  readonly name: string;
  readonly arn: string;
  /** What was set, by the attribute's name: `DisplayName`, `Policy`. */
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  deletedSubscriptions: number;
}

export interface Subscription {
  readonly arn: string;
  readonly topic: Topic;
  readonly protocol: Protocol;
  readonly endpoint: string;
  readonly owner: string;
  /** What confirms it; undefined once it is confirmed. */
  token: string | undefined;
  isRaw: boolean;
}

export const protocols = ['email', 'email-json', 'sqs'] as const;
export type Protocol = (typeof protocols)[number];

/** A message as it was published. */
export interface Notification {
  readonly id: string;
  readonly topic: Topic;
  readonly subject: string | undefined;
  /** The text for a protocol. */
  readonly textFor: (protocol: Protocol) => string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  readonly atMs: number;
}

/** A letter that would have been sent. */
export interface Email {
  readonly to: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly text: string;
  readonly atMs: number;
  /** Of a letter that asks for confirmation: what `ConfirmSubscription` takes. */
  readonly token: string | undefined;
}
