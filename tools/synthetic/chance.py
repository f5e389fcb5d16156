"""Chance from a seed, the same on every machine and Python.

Only Random.random() is used: its sequence is promised across versions, those of choice(), shuffle() and sample() are not.
Each concern draws from a stream of its own, so that other error rates leave the same people and the same care.
"""
import random
from bisect import bisect
from itertools import accumulate


class Chance:
    def __init__(self, seed, stream):
        self._random = random.Random(f"knoop/region/v1/{seed}/{stream}")

    def below(self, n):
        """A whole number from 0 to n - 1."""
        return int(self._random.random() * n)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def happens(self, probability):
        return self._random.random() < probability

    def pick(self, items):
        return items[self.below(len(items))]

    def weighted(self, items, weights):
        sums = list(accumulate(weights))
        return items[min(bisect(sums, self._random.random() * sums[-1]), len(items) - 1)]

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]

    def several(self, items, n):
        """n different ones, in random order."""
        copy = list(items)
        self.shuffle(copy)
        return copy[:n]
