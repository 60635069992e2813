import type { ServiceContext } from '../cloud/service.ts';
import type { Timer } from '../kernel/kernel.ts';
import { LightRequest } from './light-request.ts';
import type { LoadBalancer, Rule } from './model.ts';
import type { FixedResponse, Forward, Redirect } from './routing-action.ts';
import { type Examined, holds } from './rule-condition.ts';
import type { TargetGroup } from './target-group.ts';

/** A request on its way through a load balancer. */
export interface Incoming {
  readonly loadBalancer: LoadBalancer;
  readonly port: number;
  readonly request: Request;
  /** When something of the request's body last came from the client; undefined where it comes as a whole. */
  readonly receivedMs?: () => number;
}

/** The rule for a request: the first by priority whose conditions all hold; the default rule has none. */
export const ruleFor = (rules: readonly Rule[], request: Request): Rule | undefined => {
  const examined: Examined = {
    method: request.method,
    path: pathOf(request.url),
    host: hostOf(request),
    headers: request.headers,
  };
  return rules.find(({ conditions }) => conditions.every((condition) => holds(condition, examined)));
};

/** Nearly every path is a plain one, which needs no parser to be found. */
const pathOf = (url: string): string => /^http:\/\/[a-z0-9.:-]+(\/[\w/-]*)$/.exec(url)?.[1] ?? new URL(url).pathname;

export const fixedResponse = ({ status, contentType, body }: FixedResponse): Response =>
  new Response(mayHaveBody(Number(status)) ? (body ?? null) : null, {
    status: Number(status),
    headers: { server, 'content-type': contentType ?? 'text/plain' },
  });

export const redirectResponse = (redirect: Redirect, { port, request }: Incoming): Response => {
  const url = new URL(request.url);
  const fill = (template: string): string =>
    template
      .replaceAll('#{protocol}', 'HTTP')
      .replaceAll('#{host}', () => hostOf(request))
      .replaceAll('#{port}', String(port))
      .replaceAll('#{path}', () => url.pathname.slice(1))
      .replaceAll('#{query}', () => url.search.slice(1));
  const query = fill(redirect.query);
  const location =
    `${fill(redirect.protocol).toLowerCase()}://${fill(redirect.host)}:${fill(redirect.port)}` +
    `${fill(redirect.path)}${query === '' ? '' : `?${query}`}`;
  return page(redirect.status === 'HTTP_301' ? '301 Moved Permanently' : '302 Found', { location });
};

/** Sends requests on to targets, and counts them as CloudWatch shows them. */
export class Forwarding {
  readonly #ctx: ServiceContext;
  readonly #group: (arn: string) => TargetGroup | undefined;
  readonly #dimensions = new Map<string, readonly Readonly<Record<string, string>>[]>();

  constructor(ctx: ServiceContext, group: (arn: string) => TargetGroup | undefined) {
    this.#ctx = ctx;
    this.#group = group;
  }

  /** Never rejects: what goes wrong is an answer, as from the real one. */
  async send(forward: Forward, incoming: Incoming): Promise<Response> {
    const group = this.#choose(forward);
    const target = group?.next();
    if (!group || !target) return this.#fail('503 Service Temporarily Unavailable', incoming.loadBalancer);
    const answer = await this.#ask(target.target.request, incoming);
    if (typeof answer === 'string') return this.#fail(answer, incoming.loadBalancer);
    for (const dimensions of this.#dimensionsOf(incoming.loadBalancer, group)) {
      this.#count('RequestCount', dimensions);
      this.#count(`HTTPCode_Target_${Math.floor(answer.status / 100)}XX_Count`, dimensions);
    }
    return answer;
  }

  /** Under which a request is counted: the load balancer's, and the load balancer's and the group's. */
  #dimensionsOf(loadBalancer: LoadBalancer, group: TargetGroup): readonly Readonly<Record<string, string>>[] {
    const key = `${loadBalancer.arn} ${group.arn}`;
    let known = this.#dimensions.get(key);
    if (!known) {
      const ofBalancer = { LoadBalancer: suffix(loadBalancer.arn) };
      known = [
        Object.freeze(ofBalancer),
        Object.freeze({ ...ofBalancer, TargetGroup: group.arn.split(':').at(-1) ?? '' }),
      ];
      this.#dimensions.set(key, known);
    }
    return known;
  }

  #choose({ groups }: Forward): TargetGroup | undefined {
    const total = groups.reduce((sum, { weight }) => sum + weight, 0);
    if (total === 0) return undefined;
    let left = groups.length > 1 ? this.#ctx.kernel.draw('elb.weight') * total : 0;
    const chosen = groups.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return this.#group(chosen?.arn ?? '');
  }

  /** @returns the target's answer, or the status line of what the load balancer answers in its place. */
  async #ask(ask: (request: Request) => Promise<Response>, incoming: Incoming): Promise<Response | string> {
    const { kernel } = this.#ctx;
    const { request, loadBalancer } = incoming;
    const { url, method } = request;
    const forwarded = LightRequest.of({ url, method, headers: this.#headers(incoming), body: request });
    const idleMs = loadBalancer.attributes.number('idle_timeout.timeout_seconds') * 1000;
    return new Promise((resolve) => {
      let timer: Timer;
      // A body that still comes in slowly is no idle connection (application-load-balancers, connection idle timeout).
      const wait = (forMs: number): void => {
        timer = kernel.after(forMs, 'elb.idle-timeout', () => {
          const leftMs = (incoming.receivedMs?.() ?? 0) + idleMs - kernel.now();
          if (leftMs > 0) {
            wait(leftMs);
            return;
          }
          resolve('504 Gateway Time-out');
          forwarded.abort();
        });
      };
      wait(idleMs);
      const settle = (answer: Response | string): void => {
        timer.cancel();
        resolve(answer);
      };
      const attempt = async (): Promise<Response> => ask(forwarded);
      // Whoever asked may have gone first: AWS counts that as 460 of the load balancer (load-balancer-troubleshooting).
      attempt().then(settle, () => settle(request.signal.aborted ? '460 Client Closed Connection' : '502 Bad Gateway'));
    });
  }

  /** What the load balancer adds (x-forwarded-headers, load-balancer-request-tracing). */
  #headers({ loadBalancer: { attributes }, port, request }: Incoming): Headers {
    const { kernel } = this.#ctx;
    const headers = new Headers(request.headers);
    if (attributes.is('routing.http.drop_invalid_header_fields.enabled')) {
      // Names may hold letters, digits and hyphens only.
      for (const name of [...headers.keys()].filter((key) => !/^[-a-z0-9]+$/i.test(key))) headers.delete(name);
    }
    const mode = attributes.text('routing.http.xff_header_processing.mode');
    const before = headers.get('x-forwarded-for');
    if (mode === 'append') headers.set('x-forwarded-for', before ? `${before}, ${client}` : client);
    if (mode === 'remove') headers.delete('x-forwarded-for');
    headers.set('x-forwarded-proto', 'http');
    headers.set('x-forwarded-port', String(port));
    const seconds = Math.floor(kernel.now() / 1000)
      .toString(16)
      .padStart(8, '0');
    const id = `1-${seconds}-${kernel.hex('elb.trace', 24)}`;
    const trace = headers.get('x-amzn-trace-id');
    headers.set('x-amzn-trace-id', trace ? `Self=${id};${trace}` : `Root=${id}`);
    return headers;
  }

  #fail(status: string, { arn }: LoadBalancer): Response {
    this.#count(`HTTPCode_ELB_${status[0]}XX_Count`, { LoadBalancer: suffix(arn) });
    return page(status, {});
  }

  #count(name: string, dimensions: Readonly<Record<string, string>>): void {
    this.#ctx.metric({ namespace: 'AWS/ApplicationELB', name, dimensions, value: 1, unit: 'Count' });
  }
}

const server = 'awselb/2.0';

/** Everybody who reaches a local load balancer is on this machine. */
const client = '127.0.0.1';

/** `app/name/id`: how metrics name a load balancer. */
const suffix = (loadBalancerArn: string): string => loadBalancerArn.split(':loadbalancer/')[1] ?? '';

/** The host that a request asks for, without the port. */
const hostOf = (request: Request): string =>
  request.headers.get('host')?.replace(/:\d+$/, '') ?? new URL(request.url).hostname;

const mayHaveBody = (status: number): boolean => status !== 204 && status !== 205;

/** A page of the load balancer itself; `title` starts with the status. */
const page = (title: string, headers: Readonly<Record<string, string>>): Response =>
  new Response(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
    {
      status: Number(title.slice(0, 3)),
      statusText: title.slice(4),
      headers: { server, 'content-type': 'text/html', ...headers },
    },
  );
