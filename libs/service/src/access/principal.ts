import type { Role } from './role.js';
import type { TokenEntry } from './token-entry.js';
import { UserScope } from './user-scope.js';

/** What a request or socket needs: a role, or nothing at all. */
export type Need = Role | 'nothing';

/** Who asks: what they may do, and whose data they may know. */
export class Principal {
  /** Anybody on this machine, where no tokens are used. */
  static readonly local = new Principal(null, ['operate'], UserScope.all);
  /** Somebody unknown, who gets what is for everybody. */
  static readonly nobody = new Principal(null, [], UserScope.of([]));

  /** @param token null = without a token. */
  private constructor(
    readonly token: TokenEntry | null,
    readonly roles: readonly Role[],
    readonly users: UserScope,
  ) {}

  static of(token: TokenEntry): Principal {
    return new Principal(token, token.roles, UserScope.of(token.users));
  }

  may(need: Need): boolean {
    return need === 'nothing' || this.roles.includes('operate') || this.roles.includes(need);
  }

  /** Whether data of this user may be shown; where not, it is as if there were none. */
  sees(user: string): boolean {
    return this.users.includes(user);
  }
}
