import { WebSocket } from 'ws';
import type { WebSocketConstructor } from '../live/web-socket.js';

/** The socket of the package `ws`, for Node 20, which has none of its own. */
export const NodeWebSocket: WebSocketConstructor = WebSocket;
