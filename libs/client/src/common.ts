/** What the entries for Node and for browsers have in common. */
export type { Environment } from './environment.js';
export * from './errors.js';
export type { GatewayStatus } from './gateway-status.js';
export type { HarkAlert } from './hark-alert.js';
export type { ConnectionState } from './live/connection-state.js';
export type { Cursor } from './live/cursor.js';
export type { HarkStream } from './live/hark-stream.js';
export type * from './live/stream-options.js';
export type * from './live/web-socket.js';
export type * from './rest/alerts-api.js';
export type * from './rest/devices-api.js';
export type * from './rest/labels-api.js';
export type * from './rest/models-api.js';
export type * from './rest/replays-api.js';
export type * from './rest/reports-api.js';
export type { CallOptions, ChangeOptions } from './rest/rest-api.js';
export type * from './rest/sessions-api.js';
