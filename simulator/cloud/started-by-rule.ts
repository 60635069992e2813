/** Marks a call by which a rule of EventBridge starts a pipeline: the rule's ARN, which the pipeline names as its trigger. */
export const startedByRule = Symbol('the rule that starts a pipeline');
