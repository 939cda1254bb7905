/** What each number means, in a sentence or two: shown on hover and focus. */
export const EXPLANATIONS = {
  accuracy:
    'Share of the labelled windows of the last 30 s whose most probable activity was the label. Each was answered before it was learned.',
  noChange:
    'The accuracy of always saying what the device did in its window before. Activities last, so this is the line to beat.',
  majority: 'The accuracy of always saying what was done most so far.',
  cold: 'Windows that came before the model had learned anything. They are not counted as wrong.',
  confidence: 'Probability that the model gives the activity it says, from 0 to 100 %.',
  age: 'Since samples of this device came in last.',
  rate: 'Accelerometer rows a second in the newest final window, and gyroscope rows where there are any.',
  watermark:
    'Event time that has been seen and is not final yet: so long the windower waits for samples that come out of order.',
  late: 'Samples that came behind the watermark: too late for their window, and counted here.',
  duplicates: 'Samples of an instant that was held already. Each instant counts once.',
  latency: 'From the samples’ coming in to the prediction’s standing in the log.',
  version: 'The version of the model that answers now. Versions are immutable; any can be put back.',
  learning: 'Whether the model learns from each labelled window, or answers as it is.',
  windowsLearned: 'Labelled windows that this version and its ancestors have learned.',
  metricsThen: 'Accuracy of its lineage when the version was made, over all windows so far.',
  metricsSince: 'Accuracy over the labelled windows that this version itself has answered.',
  recall: 'Share of the windows of this activity that were found.',
  cell: 'Windows of the newest 1000 labelled ones: the row was done, the column was said.',
  records: 'Records that an app has taken, a second.',
  lag: 'Records that wait for an app. It should come back to 0.',
  messages: 'Messages that the gateway sends to all its subscribers, a second.',
  predictionsRate: 'Predictions a second, of all devices: first ones, revisions and final ones.',
  replayPosition: 'Event time that the replay has reached.',
  replaySpeed:
    'Event time played for each unit of wall time. Below what was asked for where that can’t be met.',
  replayAccuracy: 'Share of the labelled windows of the replay whose most probable activity is the label.',
  digest:
    'SHA-256 over the replay’s predictions. The same session and version give the same, at every speed.',
  waiting: 'Windows that have come since the view was paused. Nothing of them is lost.',
  magnitude: 'Length of the acceleration vector. At rest it is gravity: 9.81 m/s².',
} as const;

export type Explanation = keyof typeof EXPLANATIONS;
