# Meta-regression, three levels with moderators and a selection model with a moderator beside metafor, processor times,
# one run:
#
#     cmake --build build/benchmarks --target regressions_peer
#     OPENBLAS_NUM_THREADS=1 Rscript benchmarks/peers/regressions.R build/benchmarks/benchmarks/regressions_peer
#
# It fails when the answers disagree by more than metafor's optimisers leave open.
suppressPackageStartupMessages(library(metafor))
program <- commandArgs(trailingOnly = TRUE)[1]
set.seed(1)
k <- 10000
cluster <- rep(1:(k / 5), each = 5)
x <- round(rnorm(k), 3)
z <- round(rep(rnorm(k / 5), each = 5), 3)
vi <- exp(rnorm(k) * 0.5) * 0.05
yi <- 0.3 + 0.1 * x + 0.05 * z + rep(rnorm(k / 5) * 0.3, each = 5) + rnorm(k) * 0.2 + rnorm(k) * sqrt(vi)
data <- data.frame(yi, vi, x, z, cluster, id = 1:k)
file <- tempfile()
write.table(format(data[, 1:5], digits = 17), file, row.names = FALSE, col.names = FALSE, quote = FALSE)
seconds <- function(expression) sum(system.time(expression)[c("user.self", "sys.self")])
ours <- strsplit(system2(program, file, stdout = TRUE), " ")
names(ours) <- sapply(ours, `[`, 1)
ours <- lapply(ours, function(line) as.numeric(line[-1]))
report <- function(name, theirs, time, tolerance) {
  mine <- ours[[name]]
  stopifnot(max(abs(mine[seq_along(theirs)] / theirs - 1)) < tolerance)
  cat(sprintf("%-16s metafor %10.3f ms, accrue %10.5f ms: %.0f times as fast\n", name, 1000 * time,
              1000 * mine[length(mine)], time / mine[length(mine)]))
}
for (size in c(13, 1000)) {
  d <- data[1:size, ]
  n <- if (size == 13) 20 else 1
  time <- seconds(for (i in 1:n) fit <- rma(yi, vi, mods = ~ x, data = d)) / n
  fit <- rma(yi, vi, mods = ~ x, data = d, control = list(threshold = 1e-12))
  report(paste0("regression", size), c(fit$beta[2], fit$vb[2, 2], fit$tau2), time, 1e-6)
}
cat(sprintf("regression10000  accrue %10.5f ms (metafor needs matrices of 10,000 rows and columns)\n",
            1000 * tail(ours$regression10000, 1)))
d <- data[1:1000, ]
time <- seconds(fit <- rma.mv(yi, vi, mods = ~ x + z, random = ~ 1 | cluster/id, data = d, sparse = TRUE))
report("three_level", c(fit$beta[2], fit$vb[2, 2], fit$sigma2), time, 1e-4)
cat("                 (metafor by sparse matrices; its default, dense ones, is some 40 times as slow again)\n")
d <- data[1:100, ]
ml <- rma(yi, vi, mods = ~ x, data = d, method = "ML")
time <- seconds(fit <- selmodel(ml, type = "stepfun", steps = 0.025))
report("selection", c(fit$beta[2], fit$vb[2, 2], fit$tau2), time, 1e-2)
cat(sprintf("10^6 x 20, two moderators in a batch: %.2f s\n", tail(ours$batch, 1)))
