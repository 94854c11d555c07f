"""`make bench`: the first table of the README, and the figures of sinks and analytics, one part after the other.

What takes longer or needs more is a module of its own, named beside its figures.
"""

from benchmarks import analytics, compositor, lite, run, sinks

for part in (run, lite, compositor, analytics, sinks):
    print(f"\n=== python -m {part.__name__}")
    part.main()
