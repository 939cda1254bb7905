export { activityAt, activityNamed, type Annotation } from './annotations.js';
export { MessageIds, type IdRange } from './message-ids.js';
export { type PhoneReading, type PhoneSample } from './phone-reading.js';
export { phoneSamples, type PhoneHint, type PhoneSamples, type PhoneSettings } from './phone-samples.js';
export { anchor, newestSeconds, parsePhyphoxMessage, type PhyphoxMessage } from './phyphox-message.js';
export { parseSensorLoggerMessage, type SensorLoggerMessage } from './sensor-logger-message.js';
export { type PhoneFrame } from './total-acceleration.js';
export {
  readSensorLoggerFiles,
  readSensorLoggerJson,
  type SensorLoggerExport,
} from './sensor-logger-export.js';
