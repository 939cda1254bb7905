import type { IncomingMessage } from 'node:http';
import { OpenConnections, type Leave } from './open-connections.js';
import { OriginRule } from './origin-rule.js';
import { Principal } from './principal.js';
import { Refusal } from './refusal.js';
import { needOf } from './routes.js';
import { Tokens } from './tokens.js';

const BEARER = /^Bearer +(\S+) *$/i;
/** In a URL from its query on: a parameter named for a token, or anything that looks like one. */
const TOKEN_IN_QUERY = /[?&](?:access_)?token=|hk_[a-z0-9]{1,32}_[\w-]{20}/i;

/** Of a request: what is looked at. */
export type Asking = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & {
  readonly socket?: Pick<IncomingMessage['socket'], 'remoteAddress'>;
};

/**
 * Who may ask what: the one place that says so, for requests and sockets of every app. Whose data they get to see is
 * for the routes to ask of the {@link Principal}.
 */
export class AccessControl {
  /** For tests and embedding: loopback, without tokens. */
  static open(): AccessControl {
    return new AccessControl(new Tokens({ given: [], file: null, now: () => 0 }));
  }

  constructor(
    private readonly tokens: Tokens,
    readonly origins = new OriginRule({ loopback: true, allowed: [] }),
    private readonly connections = new OpenConnections(),
  ) {}

  /** Whether a token is asked for. */
  get required(): boolean {
    return this.tokens.required;
  }

  /** An HTTP request: who asks, or why not. */
  admit(request: Asking): Principal | Refusal {
    const refusal = this.turnedAway(request);
    if (refusal !== null) return refusal;
    if (needOf(request.method ?? '', request.url ?? '') === 'nothing') return Principal.nobody;
    return this.withRole(request.method ?? '', request.url ?? '', tokenOf(request));
  }

  /**
   * The upgrade to a socket: who asks, null where no token was shown (browsers can't send one here: {@link connect}
   * asks again), or why not.
   */
  admitUpgrade(request: Asking): Principal | null | Refusal {
    const refusal = this.turnedAway(request);
    if (refusal !== null) return refusal;
    if (request.headers.authorization === undefined) return null;
    return this.withRole('UPGRADE', request.url ?? '', tokenOf(request));
  }

  /** The first message of a socket: who asks, by its token, else by that of the upgrade. */
  connect(request: Asking, token: string | undefined): Principal | Refusal {
    return this.withRole('UPGRADE', request.url ?? '', token ?? tokenOf(request));
  }

  /**
   * Who asks by a token that came in another way than in a header (in a body, as the password of a connection), for
   * what this route needs; or why not.
   */
  admitAs(method: string, path: string, token: string | undefined): Principal | Refusal {
    return this.withRole(method, path, token);
  }

  /** Counts a connection from the address of a request. */
  enterFrom({ socket }: Asking): Leave | Refusal {
    const leave = this.connections.fromAddress(socket?.remoteAddress);
    return leave ?? Refusal.tooMany('There are too many connections from this address.');
  }

  /** Counts a connection of a principal; `revoked` is called when its token stops being good meanwhile. */
  enter(principal: Principal, revoked: () => void): Leave | Refusal {
    const leave = this.connections.ofPrincipal(principal, revoked);
    return leave ?? Refusal.tooMany('There are too many connections of this token.');
  }

  /** Whether who was let in would be let in now, as far as the tokens are known; to be asked before new work begins. */
  isGood({ token }: Principal): boolean {
    return token === null ? !this.tokens.required : this.tokens.stillGood(token);
  }

  /**
   * Looks for changes of the tokens and closes what they no longer allow; to be called about once a second.
   *
   * @throws TokenFileError when the tokens file can't be read: the tokens are as before then.
   */
  refresh(): { readonly read: boolean; readonly closed: number; readonly tokens: number } {
    let read: boolean;
    try {
      read = this.tokens.refresh();
    } catch (error) {
      this.sweep();
      throw error;
    }
    return { read, closed: this.sweep(), tokens: this.tokens.size };
  }

  /** Also without a change of the file: tokens expire. */
  private sweep(): number {
    return this.connections.sweep((principal) => this.isGood(principal));
  }

  private turnedAway(request: Asking): Refusal | null {
    const refusal = this.origins.refusal(request.headers);
    if (refusal !== null) return refusal;
    const { url = '' } = request;
    const query = url.indexOf('?');
    return query >= 0 && TOKEN_IN_QUERY.test(url.slice(query)) ? Refusal.tokenInUrl : null;
  }

  private withRole(method: string, url: string, token: string | undefined): Principal | Refusal {
    if (!this.tokens.required) return Principal.local;
    const entry = token === undefined ? null : this.tokens.find(token);
    if (entry === null) return Refusal.unknown(token !== undefined);
    const principal = Principal.of(entry);
    const need = needOf(method, url);
    return principal.may(need) ? principal : Refusal.role(need);
  }
}

/** The token of a request's header; a header of another kind is a bad token. */
function tokenOf({ headers: { authorization } }: Asking): string | undefined {
  if (authorization === undefined) return undefined;
  return BEARER.exec(authorization)?.[1] ?? '';
}
