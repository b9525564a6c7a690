#!/usr/bin/env python3
"""The density of the margins of trials that the exact binary e-process settles beforehand, with 30 digits.

Events are binomial, their log odds N(centre, spread²) on points 1/8 apart up to 5 from the centre; the centre has a prior
N(-3, 2²) on the points 1/8 apart from -11 to 3, the spread one of 0, 0.2, 0.4, 0.7, 1.1 and 1.6. Needs mpmath. Used in
tests/sequential/bets_on_margins.cpp.
"""

from mpmath import binomial, exp, log, mp, mpf

mp.dps = 30


def log_density(trials):
    total = prior = mpf(0)
    for i in range(113):
        centre = -11 + mpf(i) / 8
        weight = exp(-(((centre + 3) / 2) ** 2) / 2)
        for spread in ("0", "0.2", "0.4", "0.7", "1.1", "1.6"):
            offsets = [mpf(n) / 8 for n in range(-40, 41)] if mpf(spread) > 0 else [mpf(0)]
            shares = [exp(-((one / mpf(spread)) ** 2) / 2) if one else mpf(1) for one in offsets]
            product = weight
            for events, participants in trials:
                mean = mpf(0)
                for one, share in zip(offsets, shares):
                    risk = 1 / (1 + exp(-(centre + one)))
                    mean += share * risk**events * (1 - risk) ** (participants - events)
                product *= binomial(participants, events) * mean / sum(shares)
            total += product
            prior += weight
    return log(total / prior)


print(log_density([(7, 40)]))
print(log_density([(7, 40), (0, 25), (30, 60)]))
