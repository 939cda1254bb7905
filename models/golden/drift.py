"""Expected values of drift-detectors.test.ts. pip install river==0.26.1; python drift.py"""
from river import drift
from river.drift import binary

stream = [1 if (i * 7919) % 100 < (20 if i < 400 else 60 if i < 800 else 10) else 0 for i in range(1200)]
for detector in (
    binary.DDM(),
    binary.EDDM(),
    drift.PageHinkley(),
    drift.PageHinkley(mode="up", threshold=20, delta=0.01),
    drift.PageHinkley(mode="down", threshold=20, delta=0.01),
    binary.HDDMA(),
    binary.HDDMA(two_sided_test=True),
    binary.HDDMW(),
    binary.HDDMW(two_sided_test=True),
):
    drifts, warnings = [], []
    for i, value in enumerate(stream):
        detector.update(value)
        if detector.drift_detected:
            drifts.append(i)
        elif getattr(detector, "warning_detected", False):
            warnings.append(i)
    print(detector, drifts, len(warnings), warnings[:1])
