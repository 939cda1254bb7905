import { systemEnvironment } from './adapters/system-environment.js';
import { GatewayClient, type HarkClientOptions } from './gateway-client.js';

/** A gateway of Hark, from Node or from a browser. */
export class HarkClient extends GatewayClient {
  /** @throws TypeError for a URL that is none, or not of http or https. */
  constructor(options: HarkClientOptions) {
    super(options, options.environment ?? systemEnvironment);
  }
}
