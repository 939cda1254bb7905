/** Sentences for the phone's screen, by what is the matter: short enough to be read there. */
const SENTENCES: Readonly<Record<string, string>> = {
  gravity_off: 'Hark needs gravity: turn on the sensor Gravity, then record again.',
  accelerometer_off: 'Hark needs Accelerometer and Gravity: turn both on, then record again.',
  standardisation_off:
    'Turn on "Standardise Units & Frames" in Settings > Sensor Configuration. Hark has converted this recording; ' +
    'to keep it off, end the push URL with ?frame=ios.',
  unknown_frame: 'The push URL is wrong: frame is android or ios.',
  invalid_id: 'The push URL or the study names a user or model that is too long or empty.',
  forbidden_user: 'This token may not send for this user. Nothing was stored.',
};

/** What the phone is to show; null when there is nothing that its owner has to do. */
export function screenText(code: string | null): string | null {
  return code !== null && Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : null;
}
