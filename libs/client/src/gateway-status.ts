/** `GET /v1/status` of the gateway, as far as it can be relied on. */
export interface GatewayStatus {
  readonly app: 'gateway';
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly ready: boolean;
  readonly gateway: {
    /** Records that its indexes have not taken yet. */
    readonly lagRecords: number;
    /** Subscriptions by channel, and how many of them are not catching up. */
    readonly live: Readonly<Record<string, { readonly subscriptions: number; readonly live: number }>>;
    readonly sessions: number;
    readonly replays: number;
    readonly model: { readonly current: number | null; readonly learning: boolean };
  };
}
