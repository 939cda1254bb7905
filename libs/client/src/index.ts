export * from './common.js';
export type { HarkClientOptions, Snapshot } from './gateway-client.js';
export { HarkClient } from './hark-client.js';
