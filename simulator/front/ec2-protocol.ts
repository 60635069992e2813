import type { HttpRequest, HttpResponse } from './http-message.ts';
import type { Protocol } from './protocol.ts';
import { xmlText } from './xml-text.ts';

export const ec2Version = '2016-11-15';

/** Lists in requests, by the name that they have there: `SubnetId.1=…` is the first of `SubnetIds`. */
const requestLists: Readonly<Record<string, string>> = {
  Filter: 'Filters',
  SubnetId: 'SubnetIds',
  Tag: 'Tags',
  TagSpecification: 'TagSpecifications',
  Value: 'Values',
};
/** Lists in answers, which wrap their items. */
const answerLists: Readonly<Record<string, string>> = { Subnets: 'subnetSet', Tags: 'tagSet' };
const numbers = new Set(['MaxResults']);
const booleans = new Set(['DryRun']);

const formOf = (request: HttpRequest): URLSearchParams =>
  /^application\/x-www-form-urlencoded/.test(request.headers['content-type'] ?? '')
    ? new URLSearchParams(Buffer.from(request.body).toString('utf8'))
    : request.query;

/** Whether a request is a form with the version of EC2's API. */
export const isEc2Request = (request: HttpRequest): boolean => formOf(request).get('Version') === ec2Version;

/** The protocol of Amazon EC2: the AWS query protocol with other lists, other names and other errors. */
export const ec2Protocol = (request: HttpRequest): Protocol => {
  const form = formOf(request);
  const action = form.get('Action') ?? '';
  return {
    read: () => ({ service: 'ec2', action, input: readForm(form) }),
    answer: (_call, output, requestId) =>
      respond(
        200,
        requestId,
        `<${action}Response xmlns="http://ec2.amazonaws.com/doc/${ec2Version}/"><requestId>${requestId}</requestId>${members(output as object)}</${action}Response>`,
      ),
    fail: (_call, error, requestId) =>
      respond(
        error.status,
        requestId,
        `<Response><Errors><Error><Code>${xmlText(codes[error.code] ?? error.code)}</Code><Message>${xmlText(error.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      ),
  };
};

const codes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'UnauthorizedOperation',
  MissingAuthenticationTokenException: 'AuthFailure',
};

const respond = (status: number, requestId: string, body: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});

type Node = { text?: string; readonly children: Map<string, Node> };

const readForm = (form: URLSearchParams): unknown => {
  const root: Node = { children: new Map() };
  for (const [key, text] of form) {
    if (key === 'Action' || key === 'Version') continue;
    let node = root;
    for (const step of key.split('.')) {
      const child: Node = node.children.get(step) ?? { children: new Map() };
      node.children.set(step, child);
      node = child;
    }
    node.text = text;
  }
  return nodeValue(root, '');
};

const nodeValue = ({ text, children }: Node, name: string): unknown => {
  if (children.size === 0) return scalar(text ?? '', name);
  if ([...children.keys()].every((key) => /^\d+$/.test(key)))
    return [...children].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, child]) => nodeValue(child, name));
  return Object.fromEntries(
    [...children].map(([key, child]) => {
      const isList = child.children.size > 0 && /^\d+$/.test([...child.children.keys()][0] ?? '');
      return [isList ? (requestLists[key] ?? key) : key, nodeValue(child, key)];
    }),
  );
};

const scalar = (text: string, name: string): unknown => {
  if (numbers.has(name)) return Number(text);
  return booleans.has(name) ? text === 'true' : text;
};

const members = (value: object): string =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => {
      const own = answerLists[name] ?? name.charAt(0).toLowerCase() + name.slice(1);
      return `<${own}>${content(member)}</${own}>`;
    })
    .join('');

const content = (value: unknown): string => {
  if (Array.isArray(value)) return value.map((item) => `<item>${content(item)}</item>`).join('');
  return typeof value === 'object' && value !== null ? members(value) : xmlText(String(value));
};
