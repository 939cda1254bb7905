import { LEAST_CHARACTERS } from './folder-search.js';

/** A state in JSON, as far as it is looked at here. */
type State = Readonly<Record<string, unknown>>;

/**
 * States of ingest that no records make again, by the name under which they are stored, each without what it says of a
 * user. What a report has said is left out: it is said again.
 */
export const KEPT_STATES: Readonly<Record<string, (state: State, user: string) => State>> = {
  'front-door': devicesWithout,
  'sensor-logger': recordingsWithout,
  'watched-folder': filesWithout,
};

/** The numbers of batches that have come, without the user's devices. */
function devicesWithout(state: State, user: string): State {
  return JSON.parse(JSON.stringify(state), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((each) => (each as { user?: unknown } | null)?.user !== user) : value,
  ) as State;
}

/** The recordings that phones are pushing; the key of one begins with who records. */
function recordingsWithout(state: State, user: string): State {
  const sessions = state['sessions'] as readonly { readonly key: string }[];
  const isTheirs = ({ key }: { readonly key: string }) => (JSON.parse(key) as unknown[])[0] === user;
  return { ...state, sessions: sessions.filter((session) => !isTheirs(session)) };
}

/** The files that were read, but for those named for the user. */
function filesWithout(state: State, user: string): State {
  const isTheirs = (name: string) =>
    user.length < LEAST_CHARACTERS ? name.split(/[^\p{L}\p{N}]+/u).includes(user) : name.includes(user);
  const current = state['current'] as { readonly name: string } | null;
  return {
    ...state,
    read: (state['read'] as readonly string[]).filter((name) => !isTheirs(name)),
    current: current === null || isTheirs(current.name) ? null : current,
  };
}
