"""`make bench`: every figure that README and docs quote, one part after the other."""

from benchmarks import analytics, compositor, lite, run, sinks

for part in (run, lite, compositor, analytics, sinks):
    print(f"\n=== python -m {part.__name__}")
    part.main()
