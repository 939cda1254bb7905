/** What is answered from what the gateway that writes knows alone: rules are the desk's, replays run where they were begun. */
const ASKED_THERE = /^\/v1\/(alerts\/rules|replays|replays\/[^/]+)$/;
/** Computes and changes nothing. */
const ANSWERED_HERE = /^\/v1\/replays\/compare$/;

/** Whether a request is for the gateway that writes: it changes something, or asks for what others do not have. */
export function isForWriter(method: string, url: string): boolean {
  const [whole] = url.split('?', 1);
  // As Express matches: without regard to case and to a slash at the end.
  const path = whole.replace(/\/$/, '').toLowerCase();
  if (method === 'OPTIONS') return false;
  if (method === 'GET' || method === 'HEAD') return ASKED_THERE.test(path);
  return !ANSWERED_HERE.test(path);
}
