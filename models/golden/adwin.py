"""Expected values of adwin.test.ts. pip install river==0.26.1; python adwin.py"""
from river import drift

stream = [1 if (i * 7919) % 100 < (20 if i < 400 else 60 if i < 800 else 10) else 0 for i in range(1200)]
for options in ({}, {"clock": 8, "delta": 0.05}):
    adwin = drift.ADWIN(**options)
    print(options)
    for i, value in enumerate(stream):
        adwin.update(value)
        if adwin.drift_detected or i == 1199:
            print([i, int(adwin.width), adwin.total, adwin.variance])
