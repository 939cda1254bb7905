import { join } from 'node:path';
import { SettingsError } from '../settings-error.js';
import { AccessControl } from './access-control.js';
import type { AccessSettings } from './access-settings.js';
import { OpenConnections } from './open-connections.js';
import { OriginRule, isLoopback } from './origin-rule.js';
import { Tokens } from './tokens.js';

/**
 * Who is let in, by an app's settings.
 *
 * @throws SettingsError where the app would listen beyond loopback and there is no token: it would be open to
 * everybody, or of use to nobody. TokenFileError when the tokens file is there and can't be read.
 */
export function openAccess(
  settings: AccessSettings & { readonly HARK_DATA: string; readonly HARK_HOST: string },
  now: () => number,
): AccessControl {
  const { HARK_HOST: host, HARK_TOKENS: given, HARK_TOKENS_FILE: named } = settings;
  const tokens = new Tokens({
    given,
    file: named ?? join(settings.HARK_DATA, 'tokens.json'),
    // A file that somebody names is meant to be used, also before it is there.
    required: named !== undefined,
    now,
  });
  const loopback = isLoopback(host);
  if (!loopback && tokens.size === 0) {
    throw new SettingsError(
      `HARK_HOST=${JSON.stringify(host)}: beyond loopback everybody who asks needs a token, and there is none; make ` +
        'one with `hark tokens create`, or set HARK_TOKENS',
    );
  }
  return new AccessControl(
    tokens,
    new OriginRule({ loopback, allowed: settings.HARK_ALLOWED_ORIGINS }),
    new OpenConnections({
      perAddress: settings.HARK_MAX_CONNECTIONS_PER_ADDRESS,
      perToken: settings.HARK_MAX_CONNECTIONS_PER_TOKEN,
    }),
  );
}
