import type { Environment } from '../environment.js';
import type { WebSocketConstructor } from '../live/web-socket.js';

/** The clock, the randomness and the network of Node or of the browser. */
export const systemEnvironment: Environment = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  fetch: (url, request) => fetch(url, request),
  webSocket: async () => {
    const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor };
    return WebSocket ?? (await import('./node-web-socket.js')).NodeWebSocket;
  },
};
