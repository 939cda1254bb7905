import type { Attempt } from './connection.js';

/** A device's clock further off than this is worth a word. */
const CLOCK_OFF_MS = 60_000;

const REMEDIES: Readonly<Record<string, string>> = {
  gravity_off:
    'Turn on the sensor Gravity beside Accelerometer in Sensor Logger, and start the recording again.',
  accelerometer_off:
    'Turn on the sensors Accelerometer and Gravity in Sensor Logger, and start the recording again.',
  standardisation_off:
    'This iPhone or Apple Watch sends its own units and signs; they were converted. Turn on "Standardise Units & ' +
    'Frames" in Settings > Sensor Configuration, or end the push URL with ?frame=ios to say that it is meant.',
  frame_unknown:
    "Nothing in the data tells which way its signs are; they are taken for Android's. If this is an iPhone, turn on " +
    '"Standardise Units & Frames" in Settings > Sensor Configuration, or end the push URL with ?frame=ios.',
  unknown_frame: 'End the push URL with ?frame=android or ?frame=ios, or leave it out.',
  invalid_id: 'A user, device and model are 1 to 128 characters, none of them a control character.',
  no_device: 'The message names no deviceId: is it sent by Sensor Logger?',
  no_samples: 'The connection works. Start a recording with Accelerometer, Gravity and Gyroscope turned on.',
  not_a_message:
    "The connection works, but this is no message of the app: check the URL and the app's settings.",
  forbidden_user:
    'This token may send for other users only: send with a token of this user, or as one of its users.',
  unauthorized:
    'Send Authorization: Bearer hk_… with a token that has the role ingest: hark tokens create --name phone --roles ingest --users NAME.',
  forbidden:
    'The token lacks the role ingest, or the service was asked for under a name that it does not answer to.',
  token_in_url:
    'A token in a URL is known to everybody on the way: send it as a header, and revoke this one.',
  method_not_allowed: 'This address takes another method: samples are sent with POST.',
  overloaded: 'The service is busy: the device tries again by itself, or should.',
  body_too_large: 'Send less at a time: choose a shorter interval.',
  unknown_topic: 'Nobody listens to this topic: publish to sensor-logger, hark/phyphox or hark/samples.',
  unsupported_type: 'Send Content-Type: application/json.',
  log_full: 'The disk is full: make room, nothing else is needed.',
  log_away: 'Kafka does not answer: see that it runs and can be reached, nothing else is needed.',
};

/** What to do about an attempt, as a sentence; null when nothing has to be done. */
export function remedyOf({ code, verdict, aheadMs, missing }: Attempt): string | null {
  if (code !== null && Object.hasOwn(REMEDIES, code)) return REMEDIES[code];
  if (verdict === 'late') {
    return 'These samples are older than some that the device has sent before, by more than the allowed lateness: is its clock right, and are messages sent in order?';
  }
  if (aheadMs !== null && Math.abs(aheadMs) > CLOCK_OFF_MS) {
    const side = aheadMs > 0 ? 'ahead' : 'behind';
    return `The clock of the device is ${span(Math.abs(aheadMs))} ${side} of this machine's: let it set its time by the network.`;
  }
  if (missing > 0)
    return `${missing} messages have not come: the network loses some, or they are still on their way.`;
  return null;
}

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
