/** An error answer: RFC 9457 problem details, `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable word for programs. */
  readonly code: string;
  /** What happened, what was done with the data, what to do. */
  readonly detail: string;
}

export function problem(status: number, code: string, title: string, detail: string): Problem {
  return { type: 'about:blank', title, status, code, detail };
}
