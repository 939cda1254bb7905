/** What an experiment is made for. */
export interface ExperimentOptions {
  /** Where it posts to. */
  readonly address: string;
  /** Sent in the body of each message; null where none is needed. */
  readonly token: string | null;
  /** Activities by number, from 1 on: an experiment receives numbers alone. */
  readonly activities: readonly string[];
}

/** Seconds between two messages. */
const INTERVAL = 0.5;
/** Readings kept while nothing gets through: a quarter of an hour at 100 Hz. */
const BUFFER = 100_000;

const SENSORS = [
  { type: 'accelerometer', prefix: 'acc' },
  { type: 'gyroscope', prefix: 'gyr' },
] as const;

/**
 * A phyphox experiment (file format 1.8: phyphox 1.1.3 and later) that sends acceleration with gravity and rotation,
 * and shows the answer. https://phyphox.org/wiki/index.php/Phyphox_file_format
 */
export function phyphoxExperiment({ address, token, activities }: ExperimentOptions): string {
  const buffers = SENSORS.flatMap(({ prefix }) => [`${prefix}_t`, `${prefix}X`, `${prefix}Y`, `${prefix}Z`]);
  const codes = [...(token ?? '')].map((character) => character.charCodeAt(0));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<phyphox version="1.8" locale="en">',
    '  <title>Hark</title>',
    '  <category>Hark</category>',
    '  <description>Sends acceleration and rotation to Hark and shows which activity it recognises.</description>',
    '  <data-containers>',
    ...buffers.map((name) => `    <container size="${BUFFER}">${name}</container>`),
    '    <container size="1">activity</container>',
    '    <container size="1">confidence</container>',
    ...(token === null
      ? []
      : [`    <container size="${codes.length}" init="${codes.join(',')}" static="true">token</container>`]),
    '  </data-containers>',
    '  <input>',
    ...SENSORS.flatMap(({ type, prefix }) => [
      `    <sensor type="${type}" rate="0">`,
      ...['x', 'y', 'z'].map(
        (axis) => `      <output component="${axis}">${prefix}${axis.toUpperCase()}</output>`,
      ),
      `      <output component="t">${prefix}_t</output>`,
      '    </sensor>',
    ]),
    '  </input>',
    '  <views>',
    '    <view label="Activity">',
    '      <value label="You" size="3">',
    '        <input>activity</input>',
    '        <map max="0.5">not known yet</map>',
    ...activities.map((name, i) => `        <map min="${i + 0.5}" max="${i + 1.5}">${escaped(name)}</map>`),
    '      </value>',
    '      <value label="Confidence" unit="%" factor="100" precision="0">',
    '        <input>confidence</input>',
    '      </value>',
    '      <info label="Press play. What is sent goes to the address of the network connection alone."/>',
    '    </view>',
    '  </views>',
    '  <network>',
    `    <connection id="hark" address="${escaped(address)}" service="http/post" conversion="json" interval="${INTERVAL}" autoConnect="true">`,
    ...buffers.map(
      (name) => `      <send id="${name}" type="buffer" clear="true" keep="false">${name}</send>`,
    ),
    '      <send id="uid" type="meta">uniqueID</send>',
    '      <send id="dev" type="meta">deviceModel</send>',
    '      <send id="time" type="time"/>',
    ...(token === null
      ? []
      : ['      <send id="token" type="buffer" clear="false" keep="true">token</send>']),
    '      <receive id="activityNumber" clear="true" append="false">activity</receive>',
    '      <receive id="confidence" clear="true" append="false">confidence</receive>',
    '    </connection>',
    '  </network>',
    '</phyphox>',
  ];
  return `${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
