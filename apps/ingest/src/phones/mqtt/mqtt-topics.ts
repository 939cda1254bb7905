/** What the messages of a topic are. */
export type MqttFormat = 'sensor-logger' | 'phyphox' | 'samples';

/** A topic's format, and the user that its last level names. */
export interface MqttRoute {
  readonly format: MqttFormat;
  readonly user: string | undefined;
}

/** What is subscribed. `sensor-logger` is the app's default topic. */
export const MQTT_SUBSCRIPTIONS = [
  'sensor-logger',
  'sensor-logger/+',
  'hark/sensor-logger',
  'hark/sensor-logger/+',
  'hark/phyphox',
  'hark/phyphox/+',
  'hark/samples',
] as const;

const ROUTE = /^(?:(?:hark\/)?(sensor-logger)|hark\/(phyphox))(?:\/([^/]+))?$/;

/** How a message of this topic is taken; null when it is none of ours. */
export function mqttRoute(topic: string): MqttRoute | null {
  if (topic === 'hark/samples') return { format: 'samples', user: undefined };
  const match = ROUTE.exec(topic);
  if (match === null) return null;
  return { format: (match[1] ?? match[2]) as MqttFormat, user: match[3] };
}
