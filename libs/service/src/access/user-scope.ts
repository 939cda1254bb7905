/** Stands for all users in a token's list. */
export const ALL_USERS = '*';

/** Whose data may be known: of all users, or of those named. */
export class UserScope {
  static readonly all = new UserScope(null);

  /** @param users names, or {@link ALL_USERS} among them. */
  static of(users: readonly string[]): UserScope {
    return users.includes(ALL_USERS) ? UserScope.all : new UserScope(new Set(users));
  }

  private constructor(private readonly users: ReadonlySet<string> | null) {}

  get everybody(): boolean {
    return this.users === null;
  }

  includes(user: string): boolean {
    return this.users === null || this.users.has(user);
  }

  /**
   * Of the users asked for, those in the scope; `undefined` = whoever there is. Where some are named and none is in
   * the scope the list is empty: nothing is found then, as if those users did not exist.
   */
  narrow(wanted: readonly string[] | undefined): string[] | undefined {
    if (wanted !== undefined) return wanted.filter((user) => this.includes(user));
    return this.users === null ? undefined : [...this.users];
  }
}
