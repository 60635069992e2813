import { describe, expect, it } from 'vitest';
import { emptyCloud } from '../../local/coverage/coverage-page.ts';
import { resourceProviders } from '../../simulator/cloudformation/resources/registry.ts';
import { synthesized } from '../infra/synthesized.ts';
import { cliCommands, sdkCalls, type UsedAction, workflowTasks } from './used-features.ts';

const services = new Map(emptyCloud().dispatcher.services.map((service) => [service.name as string, service]));

/** Sentences that say what is used where and not modelled. */
const unmodelled = (used: readonly UsedAction[]): readonly string[] =>
  used.flatMap(({ service, action, where, parameters }) => {
    if (!service) return [`${where} uses a service that the simulator does not model.`];
    const definition = services.get(service)?.actions[action];
    if (!definition) return [`${where} uses ${service}:${action}, which the simulator does not model.`];
    const shown = new Set(parameters.map((name) => name.toLowerCase()));
    return (definition.refuses ?? [])
      .filter((name) => shown.has(name.toLowerCase()))
      .map(
        (name) => `${where} uses the parameter ${name} of ${service}:${action}, which the simulator does not model.`,
      );
  });

describe('everything that the repository uses of AWS is modelled', () => {
  it('every command of the SDK in functions, services, the command line and the local cloud', () => {
    const used = sdkCalls(['functions', 'services', 'cli', 'local', 'console', 'bench']);
    expect(new Set(used.map(({ action }) => action)).size).toBeGreaterThan(25);
    expect(unmodelled(used)).toEqual([]);
  });

  it('every task of the state machines', () => {
    const tasks = workflowTasks();
    expect(tasks.length).toBeGreaterThan(10);
    expect(
      tasks.flatMap(({ where, resource, uses }) =>
        uses ? unmodelled([{ ...uses, where }]) : [`${where} uses ${resource}, which the simulator does not model.`],
      ),
    ).toEqual([]);
  });

  it('every resource type of the templates, with every property', () => {
    const { network, workload, controller } = synthesized();
    const resources = Object.entries({ network, workload, controller }).flatMap(([stack, template]) =>
      Object.entries(template.Resources).map(([id, resource]) => ({ where: `${stack}: ${id}`, ...resource })),
    );
    expect(resources.length).toBeGreaterThan(50);
    const found = resources
      .filter(({ Type }) => !Type.startsWith('Custom::') && Type !== 'AWS::CloudFormation::CustomResource')
      .flatMap(({ where, Type, Properties = {} }) => {
        const provider = resourceProviders[Type];
        if (!provider) return [`${where} is of the type ${Type}, which the simulator does not model.`];
        return Object.keys(Properties)
          .filter((property) => provider.properties && !provider.properties.includes(property))
          .map((property) => `${where} sets ${property} of ${Type}, which the simulator does not model.`);
      });
    expect(found).toEqual([]);
  });

  it('every command of the AWS CLI in the documentation', () => {
    const used = cliCommands(new Set(services.keys()));
    expect(used.map(({ action }) => action)).toContain('StartExecution');
    expect(unmodelled(used)).toEqual([]);
  });
});
