import { browserEnvironment } from './adapters/browser-environment.js';
import { GatewayClient, type HarkClientOptions } from './gateway-client.js';

export type { HarkClientOptions, Snapshot } from './gateway-client.js';
export * from './common.js';

/** A gateway of Hark, from a browser: for bundlers, without anything of Node. */
export class HarkClient extends GatewayClient {
  /** @throws TypeError for a URL that is none, or not of http or https. */
  constructor(options: HarkClientOptions) {
    super(options, options.environment ?? browserEnvironment);
  }
}
