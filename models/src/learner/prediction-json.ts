import { formatNanoseconds, toIsoTime, windowId, type WindowRecord } from '@hark/contracts';
import type { Answer } from './answer.js';

/**
 * The `Prediction` of a window as JSON text, written out by hand: it is the learner's most frequent output, and the
 * order of its fields and the form of its numbers are part of what a replay must repeat.
 *
 * @param label the window's own, or one given to its stretch.
 */
export function predictionJson(window: WindowRecord, label: string | null, answer: Answer): string {
  const { startMs, sizeMs } = window;
  const text = JSON.stringify;
  let probabilities = '';
  for (let c = 0; c < answer.probabilities.length; c++) {
    probabilities += `${c === 0 ? '' : ','}${text(answer.classes[c])}:${answer.probabilities[c]}`;
  }
  return (
    `{"kind":"prediction","id":${text(windowId(window))},"user":${text(window.user)},` +
    `"device":${text(window.device)},"model":${text(window.model)},` +
    `"window":{"start":"${toIsoTime(startMs)}","end":"${toIsoTime(startMs + sizeMs)}",` +
    `"startNs":"${formatNanoseconds(startMs, 0)}"},` +
    `"activity":${text(answer.activity)},"confidence":${answer.confidence},` +
    `"probabilities":{${probabilities}},"modelVersion":${answer.modelVersion},` +
    `"state":"${answer.state}","reason":${answer.reason === null ? 'null' : `"${answer.reason}"`},` +
    `"revision":${window.revision},"final":${window.final},"label":${text(label)},` +
    `"samples":{"accelerometer":${window.accelerometer},"gyroscope":${window.gyroscope},` +
    `"late":${window.late},"duplicates":${window.duplicates}},"receivedMs":${window.receivedMs}}`
  );
}
