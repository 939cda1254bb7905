"""Writes windows.json: synthetic windows, their resampled grids and every feature, computed with NumPy and SciPy.

The definitions are those of ../src, the code is not: library functions wherever one exists.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1
    venv/bin/python make_golden.py
"""

import json
import pathlib

import numpy as np
from scipy import integrate, interpolate, signal, stats

SECONDS = 2.56
RATE = 50.0
GRAVITY_FLOOR = 1.0
ACC_FLOOR, JERK_FLOOR, GYRO_FLOOR = 0.02, 0.4, 0.01
BANDS = [0.5, 1.4, 2.7, 5.5, 15.01]
FINE_BANDS = [0.5, 1.0, 1.7, 2.5, 3.5, 5.0, 7.5, 11.0, 15.01]
AXES = "xyz"


def resample(t, values):
    """Mean of the piecewise linear signal over each grid cell: differences of its antiderivative, a quadratic
    spline, at the cells' edges."""
    points = round(SECONDS * RATE)
    edges = np.arange(points + 1) * SECONDS / points
    knots = np.union1d(t, edges)
    out = []
    for column in values.T:
        line = np.interp(knots, t, column)
        area = integrate.cumulative_trapezoid(line, knots, initial=0.0)
        out.append(np.diff(interpolate.interp1d(knots, area)(edges)) / np.diff(edges))
    return np.array(out).T


def spectrum(series):
    """Power in the bins of a periodic Hann window; the sum over all bins is about the variance. The series is
    padded with zeros to a power of two."""
    n = len(series)
    size = 1 << (n - 1).bit_length()
    window = signal.windows.hann(n, sym=False)
    power = np.abs(np.fft.rfft((series - series.mean()) * window, size)) ** 2 * 2 / (size * np.sum(window**2))
    return np.arange(len(power)) * RATE / size, power


def band_logs(series, edges, floor):
    frequency, power = spectrum(series)
    return [
        np.log(power[(frequency >= low) & (frequency < high)].sum() + floor**2)
        for low, high in zip(edges, edges[1:])
    ]


def correlation(a, b, floor_a, floor_b):
    a, b = a - a.mean(), b - b.mean()
    return np.mean(a * b) / np.sqrt((a.var() + floor_a**2) * (b.var() + floor_b**2))


def log_std(series, floor):
    return np.log(series.std() + floor)


def log_mean(series, floor):
    return np.log(series.mean() + floor)


def skewness(series, floor):
    variance = series.var()
    raw = stats.moment(series, 3)
    return raw / (variance + floor**2) ** 1.5


def log_kurtosis(series, floor):
    return np.log1p(stats.moment(series, 4) / (series.var() + floor**2) ** 2)


def high(series, floor):
    return np.sqrt(series.max() - series.mean() + floor)


def low(series, floor):
    return np.sqrt(series.mean() - series.min() + floor)


def crossings(series, floor):
    """Changes of sign of the deviations that leave a band of a quarter of the deviation around the mean."""
    c = series - series.mean()
    band = series.std() / 4 + floor
    sides = np.sign(c[np.abs(c) > band])
    return np.count_nonzero(np.diff(sides)) / len(series)


def interquartile(series, floor):
    return np.log(stats.iqr(series) + floor)


def asymmetry(series, floor):
    q10, q50, q90 = np.percentile(series, [10, 50, 90])
    return (q90 + q10 - 2 * q50) / (q90 - q10 + floor)


def mad_ratio(series, floor):
    return np.mean(np.abs(series - series.mean())) / np.sqrt(series.var() + floor**2)


def autocorrelation(series, floor):
    c = series - series.mean()
    return signal.correlate(c, c, method="direct")[len(c) - 1 :] / (len(c) * (series.var() + floor**2))


def periodicity(series, floor):
    r = autocorrelation(series, floor)
    first, last = 14, min(64, len(series) // 2)
    lag = first + int(np.argmax(r[first : last + 1]))
    strength = r[lag]
    return strength, max(strength, 0.0) * lag / RATE


def lagged(series, floor):
    r = autocorrelation(series, floor)
    return [r[k] for k in (1, 2, 4, 7, 11)] + [r[1 : min(49, len(series) // 2) + 1].min()]


def shape_of_spectrum(series, floor):
    frequency, power = spectrum(series)
    inside = (frequency > 0) & (frequency < 15.01)
    f, p = frequency[inside], power[inside] + (series.var() + floor**2) / 400
    p = p / p.sum()
    return stats.entropy(p) / np.log(len(p)), np.sum(f * p)


def features(acc, gyro):
    """Features by name, in the order of the vector; gyro may be None."""
    out = {}
    mean = acc.mean(axis=0)
    size = np.linalg.norm(mean)
    up = mean / size if size > GRAVITY_FLOOR else np.zeros(3)
    body = acc - mean
    half = len(acc) // 2

    for axis, value in zip(AXES, up):
        out[f"gravity_{axis}"] = value
    out["gravity_turn"] = np.log1p(np.linalg.norm(acc[half:].mean(axis=0) - acc[:half].mean(axis=0)))

    def add_axes(prefix, data, floor):
        for axis, series in zip(AXES, data.T):
            out[f"{prefix}_{axis}_log_std"] = log_std(series, floor)
            out[f"{prefix}_{axis}_max"] = high(series, floor)
            out[f"{prefix}_{axis}_min"] = low(series, floor)
            for k, value in enumerate(band_logs(series, BANDS, floor), 1):
                out[f"{prefix}_{axis}_band{k}"] = value
        for i, j in ((0, 1), (0, 2), (1, 2)):
            out[f"{prefix}_{AXES[i]}{AXES[j]}_correlation"] = correlation(data[:, i], data[:, j], floor, floor)

    def add_lags(prefix, series, floor):
        for name, value in zip(("lag1", "lag2", "lag4", "lag7", "lag11", "lag_min"), lagged(series, floor)):
            out[f"{prefix}_{name}"] = value

    def add_periodicity(prefix, series, floor):
        out[f"{prefix}_periodicity"], out[f"{prefix}_period"] = periodicity(series, floor)

    def add_shape(prefix, series, floor):
        out[f"{prefix}_entropy"], out[f"{prefix}_centroid"] = shape_of_spectrum(series, floor)

    add_axes("acc", acc, ACC_FLOOR)
    principal = np.linalg.eigvalsh(np.cov(acc.T, bias=True))[::-1]
    for k, value in enumerate(principal, 1):
        out[f"acc_principal{k}"] = np.log(max(value, 0.0) + ACC_FLOOR**2)

    vertical = body @ up
    horizontal = np.linalg.norm(body - np.outer(vertical, up), axis=1)
    magnitude = np.linalg.norm(acc, axis=1)
    jerk = np.linalg.norm(np.diff(acc, axis=0), axis=1) * RATE

    out["vertical_log_std"] = log_std(vertical, ACC_FLOOR)
    out["vertical_max"] = high(vertical, ACC_FLOOR)
    out["vertical_min"] = low(vertical, ACC_FLOOR)
    out["vertical_iqr"] = interquartile(vertical, ACC_FLOOR)
    out["vertical_skewness"] = skewness(vertical, ACC_FLOOR)
    out["vertical_kurtosis"] = log_kurtosis(vertical, ACC_FLOOR)
    out["vertical_crossings"] = crossings(vertical, ACC_FLOOR)
    for k, value in enumerate(band_logs(vertical, FINE_BANDS, ACC_FLOOR), 1):
        out[f"vertical_band{k}"] = value
    add_shape("vertical", vertical, ACC_FLOOR)
    add_lags("vertical", vertical, ACC_FLOOR)
    add_periodicity("vertical", vertical, ACC_FLOOR)

    out["horizontal_log_mean"] = log_mean(horizontal, ACC_FLOOR)
    out["horizontal_log_std"] = log_std(horizontal, ACC_FLOOR)
    out["horizontal_skewness"] = skewness(horizontal, ACC_FLOOR)
    out["horizontal_kurtosis"] = log_kurtosis(horizontal, ACC_FLOOR)
    add_shape("horizontal", horizontal, ACC_FLOOR)

    out["magnitude_log_std"] = log_std(magnitude, ACC_FLOOR)
    out["magnitude_crossings"] = crossings(magnitude, ACC_FLOOR)
    add_lags("magnitude", magnitude, ACC_FLOOR)
    add_periodicity("magnitude", magnitude, ACC_FLOOR)

    out["jerk_log_mean"] = log_mean(jerk, JERK_FLOOR)
    out["jerk_iqr"] = interquartile(jerk, JERK_FLOOR)
    out["jerk_mad_ratio"] = mad_ratio(jerk, JERK_FLOOR)
    out["jerk_asymmetry"] = asymmetry(jerk, JERK_FLOOR)
    out["jerk_crossings"] = crossings(jerk, JERK_FLOOR)

    out["gyroscope_present"] = 0.0 if gyro is None else 1.0
    start = len(out)
    spin = np.zeros_like(acc) if gyro is None else gyro
    add_axes("gyro", spin, GYRO_FLOOR)

    rotation = np.linalg.norm(spin, axis=1)
    yaw = spin @ up
    tilt = np.linalg.norm(spin - np.outer(yaw, up), axis=1)

    out["rotation_log_mean"] = log_mean(rotation, GYRO_FLOOR)
    out["rotation_log_std"] = log_std(rotation, GYRO_FLOOR)
    out["rotation_skewness"] = skewness(rotation, GYRO_FLOOR)
    out["rotation_kurtosis"] = log_kurtosis(rotation, GYRO_FLOOR)
    out["rotation_crossings"] = crossings(rotation, GYRO_FLOOR)
    add_periodicity("rotation", rotation, GYRO_FLOOR)

    out["yaw_log_std"] = log_std(yaw, GYRO_FLOOR)
    out["yaw_crossings"] = crossings(yaw, GYRO_FLOOR)
    for k, value in enumerate(band_logs(yaw, BANDS, GYRO_FLOOR), 1):
        out[f"yaw_band{k}"] = value
    add_lags("yaw", yaw, GYRO_FLOOR)

    out["tilt_log_mean"] = log_mean(tilt, GYRO_FLOOR)
    out["tilt_log_std"] = log_std(tilt, GYRO_FLOOR)
    out["tilt_crossings"] = crossings(tilt, GYRO_FLOOR)

    if gyro is None:
        for name in list(out)[start:]:
            out[name] = 0.0
    return out


def times(rng, rate, jitter):
    """Sampling instants: a rate with a phase, each moved by up to `jitter` of the interval."""
    n = int(SECONDS * rate)
    t = (np.arange(n) + 0.3 + rng.uniform(-jitter / 2, jitter / 2, n)) / rate
    return np.round(t[(t >= 0) & (t < SECONDS)], 6)


def walking(rng, t, cadence, up, noise):
    up = np.asarray(up) / np.linalg.norm(up)
    side = np.cross(up, [0.3, 0.5, 0.8])
    side /= np.linalg.norm(side)
    phase = 2 * np.pi * cadence * t
    lift = 2.5 * np.sin(phase) + 0.9 * np.sin(2 * phase + 0.7) + 0.4 * np.sin(3.1 * phase + 1.0)
    sway = 1.1 * np.sin(phase / 2 + 0.4)
    acc = np.outer(9.81 + lift, up) + np.outer(sway, side) + noise * rng.standard_normal((len(t), 3))
    return np.round(acc, 4)


def turning(rng, t, cadence, noise):
    phase = 2 * np.pi * cadence * t
    gyro = np.stack([0.6 * np.sin(phase / 2), 0.3 * np.cos(phase), 0.8 * np.sin(phase / 2 + 1)], axis=1)
    return np.round(gyro + noise * rng.standard_normal((len(t), 3)), 5)


def windows():
    rng = np.random.default_rng(20150223)
    t, s = times(rng, 50, 0.1), times(rng, 50, 0.1)
    yield "walking at 50 Hz", t, walking(rng, t, 1.9, [0.9, 0.2, 0.35], 0.15), s, turning(rng, s, 1.9, 0.03)
    t, s = times(rng, 200, 0.8), times(rng, 200, 0.8)
    yield "walking at 200 Hz with jitter", t, walking(rng, t, 1.7, [0, -1, 0.3], 0.3), s, turning(rng, s, 1.7, 0.05)
    t, s = times(rng, 100, 0.2), times(rng, 100, 0.2)
    still = np.round(np.array([0.4, -0.3, 9.79]) + 0.015 * rng.standard_normal((len(t), 3)), 4)
    yield "still at 100 Hz", t, still, s, np.round(0.004 * rng.standard_normal((len(s), 3)), 5)
    t = times(rng, 66, 0.3)
    yield "accelerometer only", t, walking(rng, t, 2.3, [-0.5, 0.5, 0.7], 0.2), np.empty(0), np.empty((0, 3))
    t, s = times(rng, 50, 0.0), times(rng, 50, 0.0)
    yield "constant", t, np.tile([0.0, 0.0, 9.8125], (len(t), 1)), s, np.zeros((len(s), 3))
    t, s = times(rng, 120, 0.5), times(rng, 60, 0.5)
    t, s = t[(t < 0.4) | (t > 1.1)], s[s > 0.6]
    free = walking(rng, t, 1.8, [1, 1, 1], 0.1) - 5.66
    yield "gravity removed, with gaps", t, free, s, turning(rng, s, 1.8, 0.02)


def columns(t, values):
    return {"t": t.tolist(), "x": values[:, 0].tolist(), "y": values[:, 1].tolist(), "z": values[:, 2].tolist()}


def main():
    out = []
    for name, t, acc, s, gyro in windows():
        acc = np.round(acc, 6)
        grid = resample(t, acc)
        spin = resample(s, gyro) if len(s) else None
        out.append(
            {
                "name": name,
                "seconds": SECONDS,
                "accelerometer": columns(t, acc),
                "gyroscope": columns(s, gyro),
                "grid": {axis: grid[:, k].tolist() for k, axis in enumerate(AXES)},
                "features": {key: float(value) for key, value in features(grid, spin).items()},
            }
        )
    path = pathlib.Path(__file__).parent / "windows.json"
    path.write_text("[\n" + ",\n".join(json.dumps(window, separators=(",", ":")) for window in out) + "\n]\n")
    print(f"{path}: {path.stat().st_size} bytes, {len(out[0]['features'])} features")


if __name__ == "__main__":
    main()
