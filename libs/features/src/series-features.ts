import type { Series } from './series.js';
import { MAX_FREQUENCY_HZ } from './spectrum.js';

/** Some numbers that are read off one signal. Heavy-tailed ones are compressed, for the sake of least squares. */
export interface SeriesFeatures {
  readonly names: readonly string[];
  /** Writes `names.length` values from `out[at]` on. */
  write(series: Series, out: Float64Array, at: number): void;
}

/** The numbers in the definitions below; lags are counted in points of the grid. */
export const SERIES_PARAMETERS = {
  /** Of the deviation: how far beyond the mean a crossing must go. */
  crossingBand: 1 / 4,
  /** Of the variance and noise: added to each bin, so that a still signal has an even spectrum. */
  whitening: 1 / 400,
  lags: [1, 2, 4, 7, 11],
  /** The last lag at which the lowest autocorrelation is looked for. */
  lowestWithin: 49,
  shortestPeriod: 14,
  longestPeriod: 64,
} as const;

const {
  crossingBand: CROSSING_BAND,
  whitening: WHITENING,
  lags: LAGS,
  lowestWithin: LOWEST_WITHIN,
  shortestPeriod: SHORTEST_PERIOD,
  longestPeriod: LONGEST_PERIOD,
} = SERIES_PARAMETERS;

function single(name: string, value: (series: Series) => number): SeriesFeatures {
  return {
    names: [name],
    write: (series, out, at) => {
      out[at] = value(series);
    },
  };
}

/** ln(mean + noise), of a signal that is never negative. */
export const logMean = single('log_mean', (s) => Math.log(s.mean + s.noise));

/** ln(standard deviation + noise). */
export const logStd = single('log_std', (s) => Math.log(s.deviation + s.noise));

/** √(highest value − mean + noise). */
export const high = single('max', (s) => Math.sqrt(s.max + s.noise));

/** √(mean − lowest value + noise). */
export const low = single('min', (s) => Math.sqrt(s.noise - s.min));

/** ln(third quartile − first quartile + noise). */
export const interquartile = single('iqr', (s) => Math.log(s.quantile(0.75) - s.quantile(0.25) + s.noise));

/** Where the median lies between the first and the last decile: 0 in the middle, 1 at the first, −1 at the last. */
export const asymmetry = single('asymmetry', (s) => {
  const first = s.quantile(0.1);
  const last = s.quantile(0.9);
  return (last + first - 2 * s.quantile(0.5)) / (last - first + s.noise);
});

/** Mean absolute deviation in standard deviations. */
export const madRatio = single('mad_ratio', (s) => s.meanAbsolute() / Math.sqrt(s.scale));

/** Third moment over (variance + noise²)^1.5. */
export const skewness = single('skewness', (s) => s.thirdMoment() / (s.scale * Math.sqrt(s.scale)));

/** ln(1 + fourth moment over (variance + noise²)²). */
export const kurtosis = single('kurtosis', (s) => Math.log1p(s.fourthMoment() / (s.scale * s.scale)));

/** Crossings of the mean, by more than a quarter of the deviation and noise, for each point of the grid. */
export const crossings = single(
  'crossings',
  (s) => s.crossings(s.deviation * CROSSING_BAND + s.noise) / s.length,
);

/** ln(power + noise²) in the bands between neighbouring edges (Hz), the lower edge inside, the upper one outside. */
export function bands(edges: readonly number[]): SeriesFeatures {
  const count = edges.length - 1;
  return {
    names: Array.from({ length: count }, (_, k) => `band${k + 1}`),
    write: (series, out, at) => {
      const spectrum = series.powerSpectrum();
      const floor = series.noise * series.noise;
      const { power } = spectrum;
      let bin = spectrum.binAt(edges[0]);
      for (let k = 0; k < count; k++) {
        const end = spectrum.binAt(edges[k + 1]);
        let sum = 0;
        for (; bin < end; bin++) sum += power[bin];
        out[at + k] = Math.log(sum + floor);
      }
    },
  };
}

/** Spectral entropy (1 = even, 0 = one tone) and centroid (Hz), above 0 Hz. */
export const spectralShape: SeriesFeatures = {
  names: ['entropy', 'centroid'],
  write: (series, out, at) => {
    const spectrum = series.powerSpectrum();
    const { power } = spectrum;
    const end = spectrum.binAt(MAX_FREQUENCY_HZ);
    const added = series.scale * WHITENING;
    let total = 0;
    for (let bin = 1; bin < end; bin++) total += power[bin] + added;
    let entropy = 0;
    let centroid = 0;
    for (let bin = 1; bin < end; bin++) {
      const share = (power[bin] + added) / total;
      entropy -= share * Math.log(share);
      centroid += bin * share;
    }
    out[at] = entropy / Math.log(end - 1);
    out[at + 1] = centroid * spectrum.resolution;
  },
};

/** Autocorrelation at a few short lags (20 to 220 ms) and its lowest value up to 0.98 s. */
export const lags: SeriesFeatures = {
  names: [...LAGS.map((lag) => `lag${lag}`), 'lag_min'],
  write: (series, out, at) => {
    const last = Math.min(LOWEST_WITHIN, series.length >>> 1);
    const r = series.autocorrelation(last);
    for (let k = 0; k < LAGS.length; k++) out[at + k] = r[LAGS[k]];
    let lowest = r[1];
    for (let lag = 2; lag <= last; lag++) if (r[lag] < lowest) lowest = r[lag];
    out[at + LAGS.length] = lowest;
  },
};

/**
 * The highest autocorrelation from 0.28 to 1.28 s, where steps and strides are, and its lag in seconds times that
 * correlation (0 when negative): a period that fades to 0 with the rhythm instead of jumping about in noise.
 */
export const periodicity: SeriesFeatures = {
  names: ['periodicity', 'period'],
  write: (series, out, at) => {
    const last = Math.min(LONGEST_PERIOD, series.length >>> 1);
    const r = series.autocorrelation(last);
    let best: number = SHORTEST_PERIOD;
    for (let lag = best + 1; lag <= last; lag++) if (r[lag] > r[best]) best = lag;
    out[at] = r[best];
    out[at + 1] = r[best] > 0 ? (r[best] * best) / series.rate : 0;
  },
};
