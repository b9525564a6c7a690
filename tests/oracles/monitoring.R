# Designs by rpact, and probabilities by mvtnorm and by R's integrate, as oracles that share no code with this
# library:
#
#     Rscript tests/oracles/monitoring.R tests/golden/sequential
#
# writes rpact_futility.csv, rpact_power.csv, pampallona_tsiatis.csv, optimum_wang_tsiatis.csv, effect_boundaries.csv, assurance.csv, orderings.csv,
# harm.csv and next_trials.csv there (Debian: r-cran-rpact, r-cran-mvtnorm). rpact solves its boundaries to about
# 1e-8; mvtnorm's TVPACK is exact to 1e-13 up to three looks.
suppressMessages({
    library(rpact)
    library(mvtnorm)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", as.numeric(x)))
save <- function(rows, name) write.csv(do.call(rbind, rows), file.path(folder, name), row.names = FALSE, quote = FALSE)

# Pampallona and Tsiatis.
rows <- list()
for (sided in 1:2) for (looks in c(2, 3, 5)) for (binds in c(TRUE, FALSE))
    for (deltas in list(c(0, 0), c(0.1, 0.2), c(0.3, 0), c(0.5, 0.5))) for (beta in c(0.1, 0.2)) {
        design <- getDesignGroupSequential(typeOfDesign = "PT", kMax = looks, alpha = 0.025 * sided, sided = sided,
                                           beta = beta, deltaPT1 = deltas[1], deltaPT0 = deltas[2],
                                           bindingFutility = binds, tolerance = 1e-10)
        futility <- c(design$futilityBounds, design$criticalValues[looks])
        rows[[length(rows) + 1]] <- data.frame(
            design = length(rows) + 1, sides = sided, looks = looks, binding = as.integer(binds),
            efficacy_delta = deltas[1], futility_delta = deltas[2], beta = beta, k = 1:looks,
            upper = number(design$criticalValues), futility = number(futility))
    }
save(rows, "pampallona_tsiatis.csv")

# The optimum of the Wang-Tsiatis family; rpact gives three digits of delta.
rows <- list()
for (sided in 1:2) for (looks in c(2, 3, 5)) for (beta in c(0.1, 0.2)) {
    for (criterion in c("ASNH1", "ASNsum")) {
        design <- getDesignGroupSequential(typeOfDesign = "WToptimum", kMax = looks, alpha = 0.025 * sided,
                                           sided = sided, beta = beta, optimizationCriterion = criterion,
                                           tolerance = 1e-10)
        rows[[length(rows) + 1]] <- data.frame(sides = sided, looks = looks, beta = beta, criterion = criterion,
                                               delta = number(design$deltaWT),
                                               first = number(design$criticalValues[1]))
    }
}
save(rows, "optimum_wang_tsiatis.csv")

# Boundaries as differences of means with sd 1, for the size that rpact plans.
rows <- list()
for (sided in 1:2) for (effect in c(0.3, 0.5)) {
    design <- getDesignGroupSequential(typeOfDesign = "asOF", informationRates = c(0.3, 0.6, 1),
                                       alpha = 0.025 * sided, sided = sided, beta = 0.1, tolerance = 1e-10)
    size <- getSampleSizeMeans(design, alternative = effect, stDev = 1, normalApproximation = TRUE)
    scale <- if (sided == 1) size$criticalValuesEffectScale else size$criticalValuesEffectScaleUpper
    rows[[length(rows) + 1]] <- data.frame(sides = sided, effect = effect, k = 1:3, t = c(0.3, 0.6, 1),
                                           participants = number(size$maxNumberOfSubjects),
                                           boundary = number(scale))
}
save(rows, "effect_boundaries.csv")

# Type II error spending, as differences of means with sd 1 for the size that rpact plans; by rpact's expected sizes
# under the planned effect, none, and half of it.
rows <- list()
for (binds in c(TRUE, FALSE)) for (rates in list(c(0.3, 0.6, 1), c(0.5, 1), c(0.25, 0.5, 0.75, 1))) for (beta in c(0.1, 0.2)) {
    design <- getDesignGroupSequential(typeOfDesign = "asOF", informationRates = rates, alpha = 0.025, sided = 1,
                                       beta = beta, typeBetaSpending = "bsOF", bindingFutility = binds,
                                       tolerance = 1e-10)
    size <- getSampleSizeMeans(design, alternative = 0.5, stDev = 1, normalApproximation = TRUE)
    looks <- length(rates)
    rows[[length(rows) + 1]] <- data.frame(
        design = length(rows) + 1, binding = as.integer(binds), beta = beta, k = 1:looks, t = number(rates),
        upper = number(design$criticalValues), lower = number(c(design$futilityBounds, design$criticalValues[looks])),
        upper_effect = number(size$criticalValuesEffectScale),
        lower_effect = number(c(size$futilityBoundsEffectScale, size$criticalValuesEffectScale[looks])),
        participants = number(size$maxNumberOfSubjects), inflation = number(getDesignCharacteristics(design)$inflationFactor),
        expected_h1 = number(size$expectedNumberOfSubjectsH1), expected_h0 = number(size$expectedNumberOfSubjectsH0),
        expected_between = number(size$expectedNumberOfSubjectsH01))
}
save(rows, "rpact_futility.csv")

# A spending function in numbers; the power and the expected size of 50 observations of sd 1.
rows <- list()
design <- getDesignGroupSequential(typeOfDesign = "asUser", informationRates = c(0.3, 0.6, 1), alpha = 0.025,
                                   userAlphaSpending = c(0.005, 0.015, 0.025), sided = 1, tolerance = 1e-10)
for (theta in c(0, 0.3, 0.5)) {
    power <- getPowerAndAverageSampleNumber(design, theta = theta, nMax = 50)
    rows[[length(rows) + 1]] <- data.frame(theta = theta, k = 1:3, upper = number(design$criticalValues),
                                           rejected = number(power$rejectPerStage), power = number(power$overallReject),
                                           expected = number(power$averageSampleNumber))
}
save(rows, "rpact_power.csv")

# Non-inferiority: what a single look needs.
rows <- list()
for (margin in c(-0.3, -0.5)) for (expected in c(0, 0.1)) {
    size <- getSampleSizeMeans(thetaH0 = margin, alternative = expected, stDev = 1.2, sided = 1, alpha = 0.025,
                               beta = 0.2, normalApproximation = TRUE)
    rows[[length(rows) + 1]] <- data.frame(margin = margin, expected = expected, sd = 1.2, beta = 0.2,
                                           participants = number(size$nFixed))
}
save(rows, "non_inferiority.csv")

# Crossing probabilities: P(not stopped before k, Z_k in (from, to)) under a drift.
rectangle <- function(lower, upper, t, drift) {
    k <- length(t)
    correlation <- outer(t, t, function(a, b) sqrt(pmin(a, b) / pmax(a, b)))
    mean <- drift * sqrt(t)
    if (any(lower >= upper)) return(0)
    if (k == 1) return(pnorm(upper, mean) - pnorm(lower, mean))
    corners <- expand.grid(rep(list(0:1), k))
    sum(apply(corners, 1, function(corner) {
        at <- ifelse(corner == 1, lower, upper)
        sign <- (-1)^sum(corner)
        if (any(at == -Inf)) return(0)
        keep <- at < Inf
        value <- if (!any(keep)) 1
                 else if (sum(keep) == 1) pnorm(at[keep], mean[keep])
                 else pmvnorm(upper = at[keep], mean = mean[keep], corr = correlation[keep, keep],
                              algorithm = TVPACK(1e-15))
        sign * as.numeric(value)
    }))
}
t <- c(0.3, 0.7, 1)
bounds <- c(2.9, 2.4, 2.05)
# P(result as large or larger) of an ordering, by the Z of each look that ranks with the result.
tail_of <- function(thresholds, drift) {
    total <- 0
    for (k in seq_along(t)) {
        before <- seq_len(k - 1)
        stop_above <- if (k == length(t)) -Inf else bounds[k]
        inside <- function(from, to) rectangle(c(-bounds[before], from), c(bounds[before], to), t[1:k], drift)
        total <- total + inside(max(thresholds[k], stop_above), Inf)
        if (k < length(t) && thresholds[k] < -bounds[k]) total <- total + inside(thresholds[k], -bounds[k])
    }
    total
}
rank <- list(
    likelihood_ratio = function(z, k, drift) z + drift * (sqrt(t) - sqrt(t[k])),
    maximum_likelihood = function(z, k, drift) z * sqrt(t / t[k]))
rows <- list()
for (ordering in names(rank)) for (look in 1:3) for (z in c(3.1, -2.95, 2.5, 0.7)) {
    if (look == 1 && abs(z) < bounds[1] || look == 2 && abs(z) < bounds[2]) next
    of <- function(drift) {
        thresholds <- rank[[ordering]](z, look, drift)
        thresholds[look] <- z
        tail_of(thresholds, drift)
    }
    centre <- z / sqrt(t[look])
    root <- function(p) uniroot(function(drift) qnorm(of(drift)) - qnorm(p), centre + c(-6, 6), tol = 1e-12)$root
    rows[[length(rows) + 1]] <- data.frame(
        ordering = ordering, look = look, z = z, p_upper = number(of(0)), lower = number(root(0.025)),
        median = number(root(0.5)), upper = number(root(0.975)))
}
save(rows, "orderings.csv")

# A boundary of harm that does not bind, beside an upper one that is made without it.
rows <- list()
spend <- 0.1 * log(1 + (exp(1) - 1) * t)
lower <- numeric(0)
upper <- getDesignGroupSequential(typeOfDesign = "asOF", informationRates = t, alpha = 0.025, sided = 1,
                                  tolerance = 1e-10)$criticalValues
for (k in 1:3) {
    before <- seq_len(k - 1)
    goal <- diff(c(0, spend))[k]
    lower[k] <- uniroot(function(z) rectangle(c(lower[before], -Inf), c(upper[before], z), t[1:k], 0) - goal,
                        c(-5, 0), tol = 1e-13)$root
}
rows[[1]] <- data.frame(k = 1:3, t = t, upper = number(upper), lower = number(lower))
save(rows, "harm.csv")

# Assurance: power averaged over a normal prior of the drift, by R's integrate.
rows <- list()
for (mean in c(0, 2, 3.5)) for (sd in c(0.5, 2)) {
    power <- function(drift) sapply(drift, function(d) {
        sum(sapply(1:3, function(k) {
            before <- seq_len(k - 1)
            rectangle(c(-bounds[before], bounds[k]), c(bounds[before], Inf), t[1:k], d)
        }))
    })
    value <- integrate(function(d) power(d) * dnorm(d, mean, sd), mean - 9 * sd, mean + 9 * sd, rel.tol = 1e-11,
                       subdivisions = 1000)$value
    rows[[length(rows) + 1]] <- data.frame(mean = mean, sd = sd, assurance = number(value))
}
save(rows, "assurance.csv")

# The next trials of a meta-analysis: power by R's integrate over what they will find.
rows <- list()
for (current in list(c(-0.15, 0.01), c(0.1, 0.04))) for (tau2 in c(0, 0.02)) for (trials in c(1, 3))
    for (participants in c(50, 400)) {
        added <- trials / (4 / participants + tau2)
        known <- 1 / current[2]
        significant <- function(y) (known * current[1] + added * y) / sqrt(known + added) <= qnorm(0.025)
        limit <- (qnorm(0.025) * sqrt(known + added) - known * current[1]) / added
        value <- integrate(function(y) dnorm(y, -0.25, 1 / sqrt(added)), limit - 12, limit, rel.tol = 1e-12,
                           subdivisions = 5000)$value
        stopifnot(significant(limit - 1e-9), !significant(limit + 1e-9))
        rows[[length(rows) + 1]] <- data.frame(effect = current[1], variance = current[2], tau_squared = tau2,
                                               trials = trials, participants = participants, power = number(value))
    }
save(rows, "next_trials.csv")
