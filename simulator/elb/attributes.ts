import { notModelled } from '../cloud/aws-error.ts';
import { elbErrors } from './errors.ts';

interface Attribute {
  readonly initial: string;
  /** Whole numbers from the first to the second. */
  readonly range?: readonly [number, number];
  /** The values that are carried out; others would change what requests meet, and are refused. Undefined: any. */
  readonly modelled?: readonly string[];
}

type Table = Readonly<Record<string, Attribute>>;

/** An attribute of which only AWS's default is carried out. */
const only = (initial: string): Attribute => ({ initial, modelled: [initial] });

const flag = (initial: string): Attribute => ({ initial, modelled: ['true', 'false'] });

/** Nothing in the local cloud tells its values apart: where logs go, zones, TLS. */
const inert = (initial: string): Attribute => ({ initial });

export const loadBalancerAttributes: Table = {
  'access_logs.s3.enabled': inert('false'),
  'access_logs.s3.bucket': inert(''),
  'access_logs.s3.prefix': inert(''),
  'client_keep_alive.seconds': inert('3600'),
  'connection_logs.s3.enabled': inert('false'),
  'connection_logs.s3.bucket': inert(''),
  'connection_logs.s3.prefix': inert(''),
  'deletion_protection.enabled': flag('false'),
  'health_check_logs.s3.enabled': inert('false'),
  'health_check_logs.s3.bucket': inert(''),
  'health_check_logs.s3.prefix': inert(''),
  'idle_timeout.timeout_seconds': { initial: '60', range: [1, 4000] },
  'ipv6.deny_all_igw_traffic': inert('false'),
  'load_balancing.cross_zone.enabled': only('true'),
  'routing.http.desync_mitigation_mode': inert('defensive'),
  'routing.http.drop_invalid_header_fields.enabled': flag('false'),
  'routing.http.preserve_host_header.enabled': inert('false'),
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': inert('false'),
  'routing.http.xff_client_port.enabled': only('false'),
  'routing.http.xff_header_processing.mode': { initial: 'append', modelled: ['append', 'preserve', 'remove'] },
  'routing.http2.enabled': inert('true'),
  'waf.fail_open.enabled': inert('false'),
  'zonal_shift.config.enabled': inert('false'),
};

export const targetGroupAttributes: Table = {
  'deregistration_delay.timeout_seconds': { initial: '300', range: [0, 3600] },
  'load_balancing.algorithm.anomaly_mitigation': only('off'),
  'load_balancing.algorithm.type': only('round_robin'),
  'load_balancing.cross_zone.enabled': inert('use_load_balancer_configuration'),
  'slow_start.duration_seconds': only('0'),
  'stickiness.app_cookie.cookie_name': inert(''),
  'stickiness.app_cookie.duration_seconds': inert('86400'),
  'stickiness.enabled': only('false'),
  'stickiness.lb_cookie.duration_seconds': inert('86400'),
  'stickiness.type': inert('lb_cookie'),
  'target_group_health.dns_failover.minimum_healthy_targets.count': inert('1'),
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': inert('off'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': only('1'),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': only('off'),
};

/** The attributes of one load balancer or target group. */
export class Attributes {
  readonly #what: string;
  readonly #table: Table;
  readonly #values = new Map<string, string>();

  /** `what` begins the sentence of an error: `Load balancer`. */
  constructor(what: string, table: Table) {
    this.#what = what;
    this.#table = table;
  }

  text(key: string): string {
    return this.#values.get(key) ?? this.#table[key]?.initial ?? '';
  }

  number(key: string): number {
    return Number(this.text(key));
  }

  is(key: string): boolean {
    return this.text(key) === 'true';
  }

  list(): { Key: string; Value: string }[] {
    return Object.keys(this.#table).map((Key) => ({ Key, Value: this.text(Key) }));
  }

  /** Sets all or, when one is refused, none. @throws AwsError */
  set(changes: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]): void {
    const checked = changes.map(({ Key = '', Value = '' }) => {
      const value = String(Value);
      const attribute = this.#table[Key];
      if (!attribute) throw elbErrors.invalidConfiguration(`${this.#what} attribute key '${Key}' is not recognized`);
      const { range, modelled } = attribute;
      if (range && !(/^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1]))
        throw elbErrors.invalidConfiguration(
          `${this.#what} attribute '${Key}' must be a number from ${range[0]} to ${range[1]}`,
        );
      if (modelled && !modelled.includes(value)) throw notModelled(`the attribute ${Key} with the value '${value}'`);
      return [Key, value] as const;
    });
    for (const [key, value] of checked) this.#values.set(key, value);
  }
}
