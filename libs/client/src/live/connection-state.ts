/** How the connection of all subscriptions stands. */
export type ConnectionState =
  /** No subscription is open. */
  | { readonly state: 'idle' }
  /** `tries` that came to nothing before this one. */
  | { readonly state: 'connecting'; readonly tries: number }
  | { readonly state: 'live' }
  /** Lost, and tried again at `retryAtMs` (milliseconds since 1970). Everything open goes on from its cursor then. */
  | {
      readonly state: 'waiting';
      readonly reason: string;
      /** The code that the socket was closed with; 1006 where there was none. */
      readonly closeCode: number;
      readonly tries: number;
      readonly retryAtMs: number;
    }
  /** Given up: the subscriptions have thrown `error`. The next one tries again. */
  | { readonly state: 'failed'; readonly error: Error };
