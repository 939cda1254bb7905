import type { Environment } from '../environment.js';
import type { WebSocketConstructor } from '../live/web-socket.js';
import { browserEnvironment } from './browser-environment.js';

/** The clock, the randomness and the network of Node, whose older versions have no `WebSocket`, or of the browser. */
export const systemEnvironment: Environment = {
  ...browserEnvironment,
  webSocket: async () => {
    const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor };
    return WebSocket ?? (await import('./node-web-socket.js')).NodeWebSocket;
  },
};
