#!/usr/bin/env python3
"""Henmi and Copas's confidence interval of two studies, from their integral with 25 digits.

Given the mean the difference of two effects is normal, and Cochran's Q its square times w1 w2 / (w1 + w2), so that the
conditional mean and variance of Q need no formula of the paper. Needs mpmath. Used in tests/inference/few_studies.cpp.
"""

from mpmath import findroot, gammainc, log, mp, mpf, npdf, quad, sqrt

mp.dps = 25


def interval(effects, variances):
    y, v = [mpf(one) for one in effects], [mpf(one) for one in variances]
    w = [1 / one for one in v]
    total, squares = sum(w), sum(one * one for one in w)
    mean = sum(a * b for a, b in zip(w, y)) / total
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, y))
    tau2 = max(mpf(0), (q - 1) / (total - squares / total))
    share, scatter = [one / total for one in w], [one + tau2 for one in v]
    of_mean = sum(a * a * b for a, b in zip(share, scatter))
    slope = (share[0] * scatter[0] - share[1] * scatter[1]) / of_mean
    rest = sum(scatter) - slope**2 * of_mean  # variance of the difference given the mean
    factor = w[0] * w[1] / total
    deviation = sqrt(total * of_mean)

    def tail(u):
        start = u / deviation

        def density(x):  # z = start + x²
            z = start + x * x
            moved = slope**2 * z * z * of_mean
            expected = factor * (moved + rest)
            variance = factor**2 * (2 * rest**2 + 4 * moved * rest)
            most = 1 + ((z / start) ** 2 - 1) * (total**2 / squares - 1)
            return 2 * x * gammainc(expected**2 / variance, 0, most * expected / variance, regularized=True) * npdf(z)

        return quad(density, [0, 0.25, 0.5, 1, 2, 3, 4, 6])

    u = findroot(lambda x: log(tail(x) / mpf("0.025")), (2.0, 4.0), solver="anderson", tol=1e-18)
    half = u * sqrt((tau2 * squares / total + 1) / total)
    return mean - half, mean + half


print(*interval(["0.3", "1.4"], ["0.1", "0.2"]))
print(*interval(["0.3", "1.4"], ["0.01", "0.3"]))
