import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type CfnFunction, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../functions/core/configuration.ts';
import { Arns, functionName } from '../names.ts';
import { entryOf } from './bundle-functions.ts';
import { type FunctionPlan, variableValues } from './function-catalogue.ts';
import type { FunctionCode } from './function-code.ts';

export interface ControllerFunctionProps {
  readonly configuration: Configuration;
  readonly plan: FunctionPlan;
  readonly code: FunctionCode;
}

/**
 * One function with its own log group and its own role, which allows what its plan says and nothing else. AWS's managed
 * policy for Lambda would let it write every log of the account.
 */
export class ControllerFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ControllerFunctionProps) {
    super(scope, id);
    const { plan, configuration } = props;
    const name = functionName(plan.folder);
    const grantable = { arns: new Arns(this, configuration), configuration };
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: plan.purpose,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    for (const statement of plan.grants(grantable)) role.addToPolicy(statement);

    const values = variableValues(grantable);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: plan.purpose,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code(plan.folder),
      handler: 'index.handler',
      role,
      logGroup,
      memorySize: 512,
      timeout: Duration.seconds(plan.timeoutSeconds),
      // Adds the two X-Ray actions to the role; they have no resource.
      tracing: Tracing.ACTIVE,
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: 'spillway',
        POWERTOOLS_METRICS_NAMESPACE: 'Spillway',
        POWERTOOLS_LOG_LEVEL: 'INFO',
        ...Object.fromEntries(plan.variables.map((variable) => [variable, values[variable]])),
      },
      // An execution goes on with the versions it was started with, whatever is deployed in the meantime.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    // The local cloud runs a function from this file, in its own process.
    (this.function.node.defaultChild as CfnFunction).addMetadata('spillway:entry', entryOf(plan.folder));
  }
}
