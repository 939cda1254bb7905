import { tokenId } from '@hark/service/access';
import { UsageError } from '../terminal/failures.js';

/**
 * The token that is shown to the service, if any: `--token`, which stands in the environment too by then, or
 * `HARK_TOKEN`.
 *
 * @throws UsageError when it is none; it is not repeated.
 */
export function tokenOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const token = environment['HARK_TOKEN'] || undefined;
  if (token === undefined || tokenId(token) !== null) return token;
  throw new UsageError('HARK_TOKEN or --token is no token: they look like hk_<id>_<secret>');
}
