/** What keeps a report from running. */
export class ReportError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Why a report has failed, as it is shown. */
export function describeFailure(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return { code: typeof code === 'string' ? code : 'internal_error', message: String(message ?? error) };
}
