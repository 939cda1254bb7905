/**
 * Prints what devices are doing, as they do it, through lost connections and restarts of the service.
 *
 *   npm run build
 *   node examples/dist/subscribe.js [URL [USER...]]
 *
 * From the beginning of the log with SINCE=earliest; with a token in HARK_TOKEN. Ctrl-C ends it.
 */
import { HarkAuthError, HarkClient } from '@hark/client';

const [url = 'http://127.0.0.1:3000', ...users] = process.argv.slice(2);
const { HARK_TOKEN: token, SINCE } = process.env;

const hark = new HarkClient({
  url,
  ...(token !== undefined && { token }),
  onState: (now) => {
    if (now.state === 'live') console.error('connected');
    if (now.state === 'waiting') {
      console.error(`${now.reason}; trying again at ${new Date(now.retryAtMs).toISOString()}`);
    }
  },
});
process.once('SIGINT', () => hark.close());

try {
  const predictions = hark.predictions({
    ...(users.length > 0 && { users }),
    since: SINCE === 'earliest' ? 'earliest' : 'latest',
  });
  for await (const { user, device, window, activity, confidence } of predictions) {
    console.log(`${window.end} ${user}/${device} ${activity} ${confidence.toFixed(2)}`);
  }
} catch (error) {
  if (!(error instanceof HarkAuthError)) throw error;
  console.error(`${error.message} Set HARK_TOKEN.`);
  process.exitCode = 1;
}
