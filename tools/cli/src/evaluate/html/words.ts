/** What the scores of a report mean; more in docs/evaluation.md. */
export const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  [
    'Accuracy',
    'Share of the labelled and answered windows whose most probable activity is the true one, also where its confidence was too low to say it aloud.',
  ],
  [
    'No change, most frequent',
    'What two that learn nothing of motion would have reached on the same windows: the one repeats the last label of the device, the other says the most frequent label so far. They know every label at once, also those withheld from the classifier. People go on doing what they do, so the first is hard to beat: accuracy means little without it.',
  ],
  [
    'Kappa, kappa-temporal',
    'Accuracy above chance with the same shares of activities (Cohen 1960), and above no change (Žliobaitė et al. 2015). 1 is perfect, 0 no better, below 0 worse.',
  ],
  ['Macro-F1', 'Mean over the activities of F1, the harmonic mean of precision and recall.'],
  [
    'Non-overlapping',
    'Neighbouring windows share half of their samples, and the label of one gives the next away. Here only windows are counted that share no sample with each other.',
  ],
  [
    'Calibration',
    'Of the windows answered with a confidence of 80 %, 80 % should be right. The expected calibration error is the mean gap over 15 bins of confidence, weighted by their windows (Naeini et al. 2015, Guo et al. 2017); the maximum one is the widest gap, often of a bin with few windows. The Brier score (1950) is the mean squared error of all probabilities: 0 perfect, 2 worst.',
  ],
  [
    "McNemar's p",
    'How probable a difference of this size, to either side, would be between two classifiers that are equally good (McNemar 1947). It takes windows for independent; they follow each other, so it is too small. The one on non-overlapping windows is nearer to the truth.',
  ],
];
