import { problem, type Problem } from '@hark/contracts';

/** Why somebody is turned away, as an answer. */
export class Refusal {
  private constructor(
    readonly problem: Problem,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** 401: nobody known. @param given whether there was a token, which is not (or no longer) one of ours. */
  static unknown(given: boolean): Refusal {
    const detail = given
      ? 'This token is not known, has expired or was revoked.'
      : 'A token is needed: Authorization: Bearer hk_…, or "token" in the payload of connection_init.';
    const challenge = `Bearer realm="hark"${given ? ', error="invalid_token"' : ''}`;
    return new Refusal(problem(401, 'unauthorized', 'Unauthorized', detail), {
      'www-authenticate': challenge,
    });
  }

  /** 403: known, and without the role. */
  static role(needed: string): Refusal {
    const detail = `This token does not have the role ${needed}.`;
    return new Refusal(problem(403, 'forbidden', 'Forbidden', detail));
  }

  /** 403: the host asked for, or the page that asks. */
  static origin(detail: string): Refusal {
    return new Refusal(problem(403, 'forbidden', 'Forbidden', detail));
  }

  /** 400: URLs are logged by everybody on the way. */
  static readonly tokenInUrl = new Refusal(
    problem(
      400,
      'token_in_url',
      'Token in URL',
      'No token in a URL: send it as Authorization: Bearer hk_…, or in the payload of connection_init. Take one that ' +
        'was in a URL for known, and revoke it.',
    ),
  );

  /** 429 */
  static tooMany(detail: string): Refusal {
    return new Refusal(problem(429, 'too_many_connections', 'Too many connections', detail), {
      'retry-after': '10',
    });
  }

  get status(): number {
    return this.problem.status;
  }

  /** A sentence. */
  get detail(): string {
    return this.problem.detail;
  }
}
