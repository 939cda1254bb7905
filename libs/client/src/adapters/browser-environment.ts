import type { Environment } from '../environment.js';
import type { WebSocketConstructor } from '../live/web-socket.js';

/** The clock, the randomness and the network that browsers and Node have in common. */
export const browserEnvironment: Environment = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  fetch: (url, request) => fetch(url, request),
  webSocket: () => Promise.resolve((globalThis as unknown as { WebSocket: WebSocketConstructor }).WebSocket),
};
