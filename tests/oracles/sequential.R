# Boundaries by rpact and exit probabilities by mvtnorm, as oracles that share no code with this library or with
# each other:
#
#     Rscript tests/oracles/sequential.R tests/golden/sequential
#
# writes rpact.csv and mvtnorm.csv there (Debian: r-cran-rpact, r-cran-mvtnorm). rpact solves its boundaries to
# about 1e-7; mvtnorm's deterministic TVPACK algorithm is used up to three looks (1e-14) and Miwa's beyond.
suppressMessages({
    library(rpact)
    library(mvtnorm)
})
folder <- commandArgs(trailingOnly = TRUE)[1]
number <- function(x) ifelse(is.na(x), "NA", sprintf("%.17g", as.numeric(x)))

spacings <- list(c(0.5, 1), c(0.25, 0.5, 0.75, 1), c(0.3, 0.7, 0.9, 1), (1:6) / 6)
spendings <- list(
    list(name = "OF", type = "asOF", parameter = NA),
    list(name = "PO", type = "asP", parameter = NA),
    list(name = "KD", type = "asKD", parameter = 2.5),
    list(name = "HSD", type = "asHSD", parameter = -3)
)
rows <- list()
for (spacing in spacings) for (spending in spendings) for (sided in 1:2) {
    arguments <- list(typeOfDesign = spending$type, informationRates = spacing, alpha = 0.025 * sided,
                      sided = sided, tolerance = 1e-10)
    if (!is.na(spending$parameter)) arguments$gammaA <- spending$parameter
    design <- do.call(getDesignGroupSequential, arguments)
    rows[[length(rows) + 1]] <- data.frame(
        spending = spending$name, parameter = number(spending$parameter), sides = sided,
        error = 0.025 * sided, looks = length(spacing), k = seq_along(spacing), t = number(spacing),
        z = number(design$criticalValues))
}
classical <- list(list("pocock", "P", NA), list("obrien_fleming", "OF", NA), list("wang_tsiatis", "WT", 0.2))
for (family in classical) for (looks in c(2, 5)) {
    arguments <- list(typeOfDesign = family[[2]], kMax = looks, alpha = 0.05, sided = 2, tolerance = 1e-10)
    if (!is.na(family[[3]])) arguments$deltaWT <- family[[3]]
    design <- do.call(getDesignGroupSequential, arguments)
    rows[[length(rows) + 1]] <- data.frame(
        spending = family[[1]], parameter = number(family[[3]]), sides = 2, error = 0.05, looks = looks,
        k = 1:looks, t = number((1:looks) / looks), z = number(design$criticalValues))
}
table <- do.call(rbind, rows)
table$design <- cumsum(table$k == 1)
write.csv(table, file.path(folder, "rpact.csv"), row.names = FALSE, quote = FALSE)

# P(lower_j < Z_j < upper_j for j < k, Z_k > upper_k) under a drift.
exits <- list()
designs <- list(
    list(t = c(0.4, 1), lower = c(-2.5, -2), upper = c(2.7, 1.98)),
    list(t = c(0.2, 0.5, 1), lower = c(-3, -2.5, -2), upper = c(3.2, 2.6, 2)),
    list(t = c(0.1, 0.35, 0.4, 0.8, 1), lower = c(-1.5, -0.3, 0, 1, 1.9), upper = c(3.5, 3, 2.9, 2.3, 2.1))
)
for (d in seq_along(designs)) for (drift in c(-1, 0, 2.8)) {
    design <- designs[[d]]
    for (k in seq_along(design$t)) {
        t <- design$t[1:k]
        correlation <- outer(t, t, function(a, b) sqrt(pmin(a, b) / pmax(a, b)))
        mean <- drift * sqrt(t)
        from <- c(head(design$lower, k - 1), design$upper[k])
        to <- c(head(design$upper, k - 1), Inf)
        probability <- if (k == 1) {
            pnorm(from, mean, lower.tail = FALSE)
        } else if (k <= 3) {
            # TVPACK wants orthants: inclusion and exclusion over the corners.
            corners <- expand.grid(rep(list(0:1), k))
            sum(apply(corners, 1, function(corner) {
                at <- ifelse(corner == 1, from, to)
                sign <- (-1)^sum(corner)
                value <- if (any(at == Inf)) {
                    keep <- at < Inf
                    if (!any(keep)) 1
                    else if (sum(keep) == 1) pnorm(at[keep], mean[keep])
                    else pmvnorm(upper = at[keep], mean = mean[keep], corr = correlation[keep, keep],
                                 algorithm = TVPACK(1e-15))
                } else {
                    pmvnorm(upper = at, mean = mean, corr = correlation, algorithm = TVPACK(1e-15))
                }
                sign * as.numeric(value)
            }))
        } else {
            as.numeric(pmvnorm(from, to, mean = mean, corr = correlation, algorithm = Miwa(steps = 4097)))
        }
        exits[[length(exits) + 1]] <- data.frame(
            design = d, drift = drift, k = k, t = number(design$t[k]), lower = design$lower[k],
            upper = design$upper[k], exit_upper = number(probability),
            precision = if (k <= 3) "1e-13" else "1e-6")
    }
}
write.csv(do.call(rbind, exits), file.path(folder, "mvtnorm.csv"), row.names = FALSE, quote = FALSE)
