import type { WebSocketConstructor } from './live/web-socket.js';

/** What the client needs of the world; handed in, so that tests turn it by hand. */
export interface Environment {
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Calls `action` once after `ms`; the returned function cancels it. */
  after(ms: number, action: () => void): () => void;
  /** In [0, 1). */
  random(): number;
  fetch(url: string, request: RequestInit): Promise<Response>;
  webSocket(): Promise<WebSocketConstructor>;
}
