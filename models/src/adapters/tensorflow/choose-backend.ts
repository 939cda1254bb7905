/** What computes, the best first. */
export const BACKENDS = ['native', 'wasm', 'cpu'] as const;
export type Backend = (typeof BACKENDS)[number];

/** A backend that did not start, and why: one line. */
export interface RejectedBackend {
  readonly backend: Backend;
  readonly reason: string;
}

/** A way to start a backend: resolves with the version of what has been started. */
export interface BackendStarter {
  readonly backend: Backend;
  start(): Promise<string>;
}

export interface ChosenBackend {
  readonly backend: Backend;
  readonly version: string;
  /** The better ones, which did not start. */
  readonly rejected: readonly RejectedBackend[];
}

/** None of the backends that were asked for starts. */
export class TensorFlowBackendError extends Error {
  readonly code = 'tensorflow_backend';
  constructor(readonly rejected: readonly RejectedBackend[]) {
    super(`TensorFlow.js does not start: ${rejected.map((r) => `${r.backend}: ${r.reason}`).join('; ')}`);
  }
}

/**
 * Starts the first that starts.
 * @throws TensorFlowBackendError when none does.
 */
export async function chooseBackend(starters: readonly BackendStarter[]): Promise<ChosenBackend> {
  const rejected: RejectedBackend[] = [];
  for (const { backend, start } of starters) {
    try {
      return { backend, version: await start(), rejected };
    } catch (error) {
      rejected.push({ backend, reason: reasonOf(error) });
    }
  }
  throw new TensorFlowBackendError(rejected);
}

/** The first line of what was thrown; TensorFlow.js does not only throw errors. */
function reasonOf(thrown: unknown): string {
  const message =
    typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown;
  return String(message).split('\n', 1)[0].trim();
}
