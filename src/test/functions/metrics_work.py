"""Functions whose traces in the metrics are known."""
_kept = []


def leak(count):
    _kept.append(b"x" * count)


def tidy(count):
    return len(b"x" * count)
