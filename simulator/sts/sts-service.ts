import { AwsError } from '../cloud/aws-error.ts';
import type { CredentialIssuer, SessionCredentials } from '../cloud/ports.ts';
import type { Caller, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { nameOfArn } from '../iam/arn.ts';
import type { IamService } from '../iam/iam-service.ts';
import { assumeRole } from './actions/assume-role.ts';
import { getCallerIdentity } from './actions/get-caller-identity.ts';
import { getSessionToken } from './actions/get-session-token.ts';

interface Session {
  readonly caller: Caller;
  readonly expiresMs: number;
}

/**
 * Real temporary keys start with ASIA. Ours go on with LOCAL, so that an expired key is told from one that somebody
 * else's account issued, even long after its session was forgotten.
 */
const issuedPrefix = 'ASIALOCAL';

/** Expired sessions are forgotten when this many have been issued since the last time. */
const sweepEvery = 1_000;

/** Issues sessions and knows whose they are. */
export class StsService implements SimulatedService, CredentialIssuer {
  readonly name = 'sts';
  readonly actions = {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
    GetSessionToken: getSessionToken,
  };

  readonly ctx: ServiceContext;
  readonly iam: IamService;
  readonly #sessions = new Map<string, Session>();
  #issuedSinceSweep = 0;

  constructor(ctx: ServiceContext, iam: IamService) {
    this.ctx = ctx;
    this.iam = iam;
  }

  /**
   * A session as AWS makes it for a task, a function or a state machine. Its calls come from `sourceIp`, where that is given:
   * the keys of a task are used where it runs.
   * @throws AwsError when there is no such role.
   */
  issue(roleArn: string, sessionName: string, durationMs: number, sourceIp?: string): SessionCredentials {
    if (!this.iam.roleByArn(roleArn))
      throw new AwsError('AccessDenied', `The role ${roleArn} cannot be assumed: it does not exist.`, { status: 403 });
    const arn = sessionArn(this.ctx.accountId, roleArn, sessionName);
    return {
      ...this.keep({ kind: 'role', roleArn, sessionName, arn, sourceIp }, durationMs),
      roleArn,
      sessionName,
    };
  }

  /** Makes keys for a caller. */
  keep(
    caller: Caller,
    durationMs: number,
  ): Pick<SessionCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken' | 'expiration'> {
    const { kernel } = this.ctx;
    this.#sweep();
    const expiresMs = kernel.now() + durationMs;
    const accessKeyId = `${issuedPrefix}${kernel.hex('sts-key', 11).toUpperCase()}`;
    this.#sessions.set(accessKeyId, { caller, expiresMs });
    return {
      accessKeyId,
      secretAccessKey: kernel.hex('sts-key', 40),
      sessionToken: kernel.hex('sts-key', 64),
      expiration: new Date(expiresMs),
    };
  }

  /**
   * Who holds an access key; undefined for keys that were not issued here.
   * @throws AwsError `ExpiredTokenException` for a session that has ended, so that nobody takes it for a stranger.
   */
  callerOf(accessKeyId: string): Caller | undefined {
    const session = this.#sessions.get(accessKeyId);
    if (session && session.expiresMs > this.ctx.kernel.now()) return session.caller;
    if (accessKeyId.startsWith(issuedPrefix))
      throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
    return undefined;
  }

  #sweep(): void {
    this.#issuedSinceSweep += 1;
    if (this.#issuedSinceSweep < sweepEvery) return;
    this.#issuedSinceSweep = 0;
    const nowMs = this.ctx.kernel.now();
    for (const [accessKeyId, session] of this.#sessions) {
      if (session.expiresMs <= nowMs) this.#sessions.delete(accessKeyId);
    }
  }
}

/** The ARN of a session carries the role's name without its path (IAM user guide, reference_identifiers). */
export const sessionArn = (accountId: string, roleArn: string, sessionName: string): string =>
  `arn:aws:sts::${accountId}:assumed-role/${nameOfArn(roleArn)}/${sessionName}`;
