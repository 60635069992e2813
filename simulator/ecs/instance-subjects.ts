import { notModelled } from '../cloud/aws-error.ts';
import type { InstanceRecord } from './model.ts';
import { isRunning } from './model.ts';

/** What the cluster query language calls the properties of an instance (DG:cluster-query-language). @throws AwsError for a subject that is not modelled */
export const subjectsOf =
  (instance: InstanceRecord) =>
  (subject: string): string | undefined => {
    if (subject.startsWith('attribute:')) {
      const attribute = instance.attributes.find(({ name }) => name === subject.slice('attribute:'.length));
      return attribute && (attribute.value ?? '');
    }
    switch (subject) {
      case 'agentConnected':
        return String(instance.agentConnected);
      case 'ec2InstanceId':
        return instance.managedInstanceId;
      case 'runningTasksCount':
        return String([...instance.tasks].filter(isRunning).length);
      default:
        throw notModelled(`'${subject}' in the cluster query language`);
    }
  };
