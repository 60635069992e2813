import { expect, it } from 'vitest';
import { VirtualWorld } from '../../local/virtual/world.ts';
import { sampleMaterial } from './material.ts';

const minute = 60_000;
const topic = 'arn:aws:sns:us-east-1:123456789012:spillway-notifications';
const queue = 'arn:aws:sqs:us-east-1:123456789012:inbox';

it('a rollout that ended is told to who subscribes to the topic: one sentence, then its fields', {
  timeout: 60_000,
}, async () => {
  let ended = 0;
  const world = await VirtualWorld.boot(await sampleMaterial(), {
    seed: 5,
    onEvent: ({ detail }) => {
      if (detail.state === 'ENDED') ended += 1;
    },
  });
  const call = <Output>(service: 'sns' | 'sqs', action: string, input: object): Promise<Output> =>
    world.settle(world.cloud.call(service, action, input) as Promise<Output>, minute);
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: queue },
    ],
  };
  const { QueueUrl } = await call<{ QueueUrl: string }>('sqs', 'CreateQueue', {
    QueueName: 'inbox',
    Attributes: { Policy: JSON.stringify(policy) },
  });
  await call('sns', 'Subscribe', { TopicArn: topic, Protocol: 'sqs', Endpoint: queue });
  world.push('web-ui', 'v1');
  await world.until(() => ended === 1, 30 * minute);
  await world.pass(minute);
  const { Messages = [] } = await call<{ Messages?: readonly { Body: string }[] }>('sqs', 'ReceiveMessage', {
    QueueUrl,
    MaxNumberOfMessages: 10,
  });
  expect(world.cloud.iam.denials()).toEqual([]);
  const [text] = Messages.map(({ Body }) => (JSON.parse(Body) as { Message: string }).Message);
  // It began, too, which nobody needs to be told.
  expect(Messages).toHaveLength(1);
  expect(text).toMatch(
    /^"web-ui: the rollout ended as completed \(one-capacity\)\. Running containers were seen with the digest: 1 on web-ui-fargate\."\n/,
  );
  expect(text).toMatch(/\n"trigger\.kind: push"\n/);
});
