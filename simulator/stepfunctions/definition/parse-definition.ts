import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import { isIntegration } from '../integrations/resources.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { EvaluationError } from '../jsonata/expression.ts';
import { compileTemplate, type Template } from '../jsonata/template.ts';
import type { Catcher, ChoiceRule, Definition, Retrier, State, StateGraph } from './definition.ts';
import { distributedMapFields, fieldsByType, jsonPathFields } from './fields.ts';
import { topLevelReferences } from './top-level-references.ts';

const definitionBytesMax = 1_048_576;

/** A mistake at a place of the definition, in the words of AWS's validator. */
class DefinitionMistake extends AwsError {
  constructor(code: string, message: string, path: string) {
    super('InvalidDefinition', `Invalid State Machine Definition: '${code}: ${message} at ${path}'`);
  }
}

const schema = (message: string, path: string): DefinitionMistake =>
  new DefinitionMistake('SCHEMA_VALIDATION_FAILED', message, path);

/** State machines are deployed again and again with the same texts; the cache is emptied before it could grow without end. */
const parsedByText = new Map<string, Definition>();
const definitionsKept = 100;

/**
 * @throws AwsError `InvalidDefinition` in AWS's words; `NotModelledException` for what AWS runs and the simulator
 * does not: JSONPath, distributed maps, integrations without a file here.
 */
export const parseDefinition = (text: string): Definition => {
  const known = parsedByText.get(text);
  if (known) return known;
  const parsed = parseAnew(text);
  if (parsedByText.size >= definitionsKept) parsedByText.clear();
  parsedByText.set(text, parsed);
  return parsed;
};

const parseAnew = (text: string): Definition => {
  if (Buffer.byteLength(text) > definitionBytesMax)
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'definition' failed to satisfy constraint: Member must have length less than or equal to ${definitionBytesMax}`,
    );
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidDefinition',
      `Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: ${(error as Error).message}'`,
    );
  }
  if (!isJsonObject(root)) throw schema('Value is not an object', '/');
  const language = root.QueryLanguage ?? 'JSONPath';
  if (language !== 'JSONata' && language !== 'JSONPath')
    throw schema(`Field 'QueryLanguage' must be one of 'JSONPath', 'JSONata'`, '/QueryLanguage');
  const timeout = root.TimeoutSeconds;
  if (timeout !== undefined && !(typeof timeout === 'number' && Number.isInteger(timeout) && timeout > 0))
    throw schema('Value must be a positive integer', '/TimeoutSeconds');
  const names = new Set<string>();
  return { machine: parseGraph(root, '', language, names), timeoutSeconds: timeout as number | undefined };
};

type Language = 'JSONata' | 'JSONPath';

/** State names are unique in the whole machine, so `names` goes through all levels. */
const parseGraph = (graph: JsonObject, path: string, language: Language, names: Set<string>): StateGraph => {
  const missing = ['StartAt', 'States'].filter((field) => graph[field] === undefined);
  if (missing.length > 0) throw schema(`These fields are required: [${missing.join(', ')}]`, path || '/');
  const { StartAt: startAt, States: rawStates } = graph;
  if (typeof startAt !== 'string') throw schema('Value is not a string', `${path}/StartAt`);
  if (!isJsonObject(rawStates) || Object.keys(rawStates).length === 0)
    throw schema('At least one state is required', `${path}/States`);
  const states = new Map<string, State>();
  for (const [name, raw] of Object.entries(rawStates)) {
    const statePath = `${path}/States/${name}`;
    if (!isJsonObject(raw)) throw schema('Value is not an object', statePath);
    if (names.has(name))
      throw new DefinitionMistake('DUPLICATE_STATE_NAME', `State name "${name}" is not unique`, statePath);
    names.add(name);
    states.set(name, new StateReader(name, raw, statePath, language, names).read());
  }
  checkTransitions(startAt, states, path);
  return { startAt, states };
};

/** Where a state may go next. */
const targets = (state: State): readonly (readonly [string, string])[] => {
  const found: [string, string][] = [];
  if ('next' in state && state.next !== undefined) found.push(['Next', state.next]);
  if (state.type === 'Choice') {
    state.choices.forEach((rule, index) => {
      found.push([`Choices[${index}]/Next`, rule.next]);
    });
    if (state.default !== undefined) found.push(['Default', state.default]);
  }
  if ('catch' in state)
    state.catch.forEach((catcher, index) => {
      found.push([`Catch[${index}]/Next`, catcher.next]);
    });
  return found;
};

const checkTransitions = (startAt: string, states: ReadonlyMap<string, State>, path: string): void => {
  const missing = (field: string, target: string, at: string): DefinitionMistake =>
    new DefinitionMistake('MISSING_TRANSITION_TARGET', `Missing '${field}' target: ${target}`, at);
  if (!states.has(startAt)) throw missing('StartAt', startAt, `${path}/StartAt`);
  const reached = new Set([startAt]);
  const queue = [startAt];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const [field, target] of targets(states.get(name) as State)) {
      if (!states.has(target)) throw missing('Next', target, `${path}/States/${name}/${field}`);
      if (reached.has(target)) continue;
      reached.add(target);
      queue.push(target);
    }
  }
  for (const name of states.keys()) {
    if (!reached.has(name))
      throw new DefinitionMistake(
        'MISSING_TRANSITION_TARGET',
        `State "${name}" is not reachable.`,
        `${path}/States/${name}`,
      );
  }
  const ends = (state: State): boolean =>
    state.type === 'Succeed' || state.type === 'Fail' || (state.type !== 'Choice' && state.next === undefined);
  if (![...states.values()].some(ends))
    throw new DefinitionMistake('NO_TERMINAL_STATE', 'No terminal state', path || '/');
};

/** Reads one state, field by field. */
class StateReader {
  readonly #name: string;
  readonly #raw: JsonObject;
  readonly #path: string;
  readonly #machineLanguage: Language;
  readonly #names: Set<string>;

  constructor(name: string, raw: JsonObject, path: string, machineLanguage: Language, names: Set<string>) {
    this.#name = name;
    this.#raw = raw;
    this.#path = path;
    this.#machineLanguage = machineLanguage;
    this.#names = names;
  }

  read(): State {
    const type = this.#raw.Type;
    if (type === undefined) throw schema('These fields are required: [Type]', this.#path);
    const fields = fieldsByType[String(type)];
    if (fields === undefined)
      throw schema(
        `Value '${String(type)}' is not one of ${Object.keys(fieldsByType)
          .map((known) => `'${known}'`)
          .join(', ')}`,
        `${this.#path}/Type`,
      );
    this.#checkLanguage();
    for (const field of Object.keys(this.#raw)) {
      if (fields.includes(field)) continue;
      if (type === 'Map' && distributedMapFields.includes(field))
        throw notModelled(`distributed maps: state '${this.#name}' has the field '${field}'`);
      if (jsonPathFields.includes(field))
        throw schema(
          `The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage`,
          this.#path,
        );
      throw schema(`Field '${field}' is not supported`, this.#path);
    }
    const common = { name: this.#name, output: this.#template('Output'), assign: this.#assign(this.#raw, 'Assign') };
    switch (type as State['type']) {
      case 'Pass':
        return { ...common, type: 'Pass', ...this.#transition() };
      case 'Task':
        return { ...common, type: 'Task', ...this.#transition(), ...this.#recovery(), ...this.#task() };
      case 'Choice':
        return { ...common, type: 'Choice', ...this.#choice() };
      case 'Wait':
        return { ...common, type: 'Wait', ...this.#transition(), ...this.#wait() };
      case 'Succeed':
        return { ...common, type: 'Succeed' };
      case 'Fail':
        return { ...common, type: 'Fail', error: this.#template('Error'), cause: this.#template('Cause') };
      case 'Parallel':
        return { ...common, type: 'Parallel', ...this.#transition(), ...this.#recovery(), ...this.#parallel() };
      case 'Map':
        return { ...common, type: 'Map', ...this.#transition(), ...this.#recovery(), ...this.#map() };
    }
  }

  /** A state takes the machine's language unless it names one; a Map or Parallel around it does not count. */
  #checkLanguage(): void {
    const own = this.#raw.QueryLanguage;
    if (own !== undefined && own !== 'JSONata' && own !== 'JSONPath')
      throw schema(`Field 'QueryLanguage' must be one of 'JSONPath', 'JSONata'`, `${this.#path}/QueryLanguage`);
    if (own === 'JSONPath' && this.#machineLanguage === 'JSONata')
      throw schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", this.#path);
    if ((own ?? this.#machineLanguage) === 'JSONPath')
      throw notModelled(
        `JSONPath: the state '${this.#name}' resolves to it; set "QueryLanguage": "JSONata" for the state or the state machine`,
      );
  }

  #transition(): { next: string | undefined } {
    const { Next: next, End: end } = this.#raw;
    if (next !== undefined && end === true) throw schema("'Next' and 'End' are mutually exclusive", this.#path);
    if (next === undefined && end !== true) throw schema("One of 'Next' or 'End' is required", this.#path);
    if (next !== undefined && typeof next !== 'string') throw schema('Value is not a string', `${this.#path}/Next`);
    return { next: next as string | undefined };
  }

  #task() {
    const resource = this.#raw.Resource;
    if (resource === undefined) throw schema('These fields are required: [Resource]', this.#path);
    if (typeof resource !== 'string') throw schema('Value is not a string', `${this.#path}/Resource`);
    if (!resource.startsWith('arn:')) throw schema('Value is not a valid resource ARN', `${this.#path}/Resource`);
    if (!isIntegration(resource)) throw notModelled(`the task resource '${resource}' of state '${this.#name}'`);
    const credentials = this.#raw.Credentials;
    if (credentials !== undefined && !isJsonObject(credentials))
      throw schema('Value is not an object', `${this.#path}/Credentials`);
    const role = credentials?.RoleArn;
    return {
      resource,
      arguments: this.#template('Arguments'),
      credentialsRoleArn: role === undefined ? undefined : this.#compile(role, 'Credentials/RoleArn'),
      timeoutSeconds: this.#positive('TimeoutSeconds'),
      heartbeatSeconds: this.#positive('HeartbeatSeconds'),
    };
  }

  #wait() {
    const { Seconds: seconds, Timestamp: timestamp } = this.#raw;
    if ((seconds === undefined) === (timestamp === undefined))
      throw schema("Exactly one of 'Seconds', 'Timestamp' is required", this.#path);
    if (typeof seconds === 'number' && !(Number.isInteger(seconds) && seconds >= 0))
      throw schema('Value must be a non-negative integer', `${this.#path}/Seconds`);
    return { seconds: this.#template('Seconds'), timestamp: this.#template('Timestamp') };
  }

  #choice() {
    const { Choices: choices, Default: fallback } = this.#raw;
    if (choices === undefined) throw schema('These fields are required: [Choices]', this.#path);
    if (!Array.isArray(choices) || choices.length === 0)
      throw schema('Value is not a non-empty array', `${this.#path}/Choices`);
    if (fallback !== undefined && typeof fallback !== 'string')
      throw schema('Value is not a string', `${this.#path}/Default`);
    return {
      choices: choices.map((rule: Json, index: number) => this.#rule(rule, index)),
      default: fallback as string | undefined,
    };
  }

  #rule(rule: Json, index: number): ChoiceRule {
    const at = `${this.#path}/Choices[${index}]`;
    if (!isJsonObject(rule)) throw schema('Value is not an object', at);
    const missing = ['Condition', 'Next'].filter((field) => rule[field] === undefined);
    if (missing.length > 0) throw schema(`These fields are required: [${missing.join(', ')}]`, at);
    const unknown = Object.keys(rule).find(
      (field) => !['Condition', 'Next', 'Output', 'Assign', 'Comment'].includes(field),
    );
    if (unknown !== undefined) throw schema(`Field '${unknown}' is not supported`, at);
    return {
      condition: this.#compile(rule.Condition as Json, `Choices[${index}]/Condition`),
      next: String(rule.Next),
      output: rule.Output === undefined ? undefined : this.#compile(rule.Output, `Choices[${index}]/Output`),
      assign: this.#assign(rule, `Choices[${index}]/Assign`),
    };
  }

  #parallel() {
    const branches = this.#raw.Branches;
    if (branches === undefined) throw schema('These fields are required: [Branches]', this.#path);
    if (!Array.isArray(branches) || branches.length === 0)
      throw schema('Value is not a non-empty array', `${this.#path}/Branches`);
    return {
      arguments: this.#template('Arguments'),
      branches: branches.map((branch: Json, index: number) => this.#graph(branch, `${this.#path}/Branches[${index}]`)),
    };
  }

  #map() {
    const processor = this.#raw.ItemProcessor;
    if (processor === undefined) throw schema('These fields are required: [ItemProcessor]', this.#path);
    const config = isJsonObject(processor) ? processor.ProcessorConfig : undefined;
    if (isJsonObject(config) && config.Mode === 'DISTRIBUTED')
      throw notModelled(`distributed maps: state '${this.#name}' has the processor mode 'DISTRIBUTED'`);
    return {
      items: this.#template('Items'),
      itemSelector: this.#template('ItemSelector'),
      maxConcurrency: this.#template('MaxConcurrency'),
      toleratedFailureCount: this.#template('ToleratedFailureCount'),
      toleratedFailurePercentage: this.#template('ToleratedFailurePercentage'),
      itemProcessor: this.#graph(processor, `${this.#path}/ItemProcessor`),
    };
  }

  #graph(value: Json, path: string): StateGraph {
    if (!isJsonObject(value)) throw schema('Value is not an object', path);
    if (value.QueryLanguage !== undefined) throw schema("Field 'QueryLanguage' is not supported", path);
    return parseGraph(value, path, this.#machineLanguage, this.#names);
  }

  #recovery(): { retry: readonly Retrier[]; catch: readonly Catcher[] } {
    const { Retry: retry = [], Catch: catchers = [] } = this.#raw;
    if (!Array.isArray(retry)) throw schema('Value is not an array', `${this.#path}/Retry`);
    if (!Array.isArray(catchers)) throw schema('Value is not an array', `${this.#path}/Catch`);
    return {
      retry: retry.map((value: Json, index: number) => this.#retrier(value, index, retry.length)),
      catch: catchers.map((value: Json, index: number) => this.#catcher(value, index, catchers.length)),
    };
  }

  #retrier(value: Json, index: number, count: number): Retrier {
    const at = `${this.#path}/Retry[${index}]`;
    if (!isJsonObject(value)) throw schema('Value is not an object', at);
    const number = (field: string, fallback: number, min: number, max: number): number => {
      const given = value[field] ?? fallback;
      if (typeof given !== 'number' || given < min || given > max)
        throw schema(`Value must be a number from ${min} to ${max}`, `${at}/${field}`);
      return given;
    };
    const jitter = value.JitterStrategy ?? 'NONE';
    if (jitter !== 'FULL' && jitter !== 'NONE')
      throw schema(`Value must be one of 'FULL', 'NONE'`, `${at}/JitterStrategy`);
    return {
      errorEquals: this.#errorEquals(value, at, index === count - 1),
      intervalSeconds: number('IntervalSeconds', 1, 0, 99_999_999),
      maxAttempts: number('MaxAttempts', 3, 0, 99_999_999),
      backoffRate: number('BackoffRate', 2, 1, Number.MAX_VALUE),
      maxDelaySeconds: value.MaxDelaySeconds === undefined ? undefined : number('MaxDelaySeconds', 0, 1, 31_622_400),
      jitter,
    };
  }

  #catcher(value: Json, index: number, count: number): Catcher {
    const at = `${this.#path}/Catch[${index}]`;
    if (!isJsonObject(value)) throw schema('Value is not an object', at);
    if (typeof value.Next !== 'string') throw schema('These fields are required: [Next]', at);
    return {
      errorEquals: this.#errorEquals(value, at, index === count - 1),
      next: value.Next,
      output: value.Output === undefined ? undefined : this.#compile(value.Output, `Catch[${index}]/Output`),
      assign: this.#assign(value, `Catch[${index}]/Assign`),
    };
  }

  #errorEquals(value: JsonObject, at: string, last: boolean): readonly string[] {
    const names = value.ErrorEquals;
    if (!Array.isArray(names) || names.length === 0) throw schema('These fields are required: [ErrorEquals]', at);
    if (names.includes('States.ALL') && (names.length > 1 || !last))
      throw schema(
        "'States.ALL' must appear alone in 'ErrorEquals' and in the last element of the array",
        `${at}/ErrorEquals`,
      );
    return names.map(String);
  }

  #positive(field: string): Template | undefined {
    const value = this.#raw[field];
    if (typeof value === 'number' && !(Number.isInteger(value) && value > 0))
      throw schema('Value must be a positive integer', `${this.#path}/${field}`);
    return this.#template(field);
  }

  #assign(holder: JsonObject, location: string): Template | undefined {
    const value = holder.Assign;
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) throw schema('Value is not an object', `${this.#path}/${location}`);
    for (const name of Object.keys(value))
      if (name === 'states' || !/^[\p{ID_Start}_][\p{ID_Continue}_]*$/u.test(name))
        throw schema(`'${name}' is not a valid variable name`, `${this.#path}/${location}`);
    return this.#compile(value, location);
  }

  #template(field: string): Template | undefined {
    const value = this.#raw[field];
    return value === undefined ? undefined : this.#compile(value, field);
  }

  #compile(value: Json, location: string): Template {
    return compileTemplate(
      value,
      location,
      (expression, at) => {
        const [name] = topLevelReferences(expression.ast);
        if (name !== undefined)
          throw new DefinitionMistake(
            'UNSUPPORTED_JSONATA_EXPRESSION',
            `Reference to '${name}' at the top level is not supported.`,
            `${this.#path}/${at}`,
          );
      },
      (error, at) => {
        if (error instanceof EvaluationError)
          throw new DefinitionMistake('INVALID_JSONATA_EXPRESSION', error.message, `${this.#path}/${at}`);
        throw error;
      },
    );
  }
}
