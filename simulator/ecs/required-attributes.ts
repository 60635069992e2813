import { healthCheckOf, type TaskDefinitionRecord } from './model.ts';

/** Capabilities that an instance must have to run a task definition, by the names of the agent's attributes. */
export const requiredAttributes = (record: TaskDefinitionRecord): readonly string[] => {
  const names = new Set<string>();
  for (const container of record.containers) {
    if (container.logConfiguration) {
      names.add(`com.amazonaws.ecs.capability.logging-driver.${container.logConfiguration.logDriver}`);
      if (record.input.executionRoleArn) names.add('ecs.capability.execution-role-awslogs');
    }
    if (container.image?.includes('.dkr.ecr.')) {
      names.add('com.amazonaws.ecs.capability.ecr-auth');
      if (record.input.executionRoleArn) names.add('ecs.capability.execution-role-ecr-pull');
    }
    for (const secret of container.secrets ?? []) {
      names.add(
        secret.valueFrom?.includes(':secretsmanager:')
          ? 'ecs.capability.secrets.asm.environment-variables'
          : 'ecs.capability.secrets.ssm.environment-variables',
      );
    }
    if (healthCheckOf(container)) names.add('ecs.capability.container-health-check');
  }
  if (record.input.taskRoleArn) names.add('com.amazonaws.ecs.capability.task-iam-role');
  if (record.networkMode === 'awsvpc') names.add('ecs.capability.task-eni');
  return [...names];
};
