"""What the figures in README and docs come from; `make bench` runs all of it."""
