# Three levels beside metafor's rma.mv, 1,000 effects in 200 clusters, processor times, one run:
#
#     cmake --build build/benchmarks --target three_levels_peer
#     OPENBLAS_NUM_THREADS=1 Rscript benchmarks/peers/three_levels.R build/benchmarks/benchmarks/three_levels_peer
#
# It fails when the answers disagree by more than metafor's optimiser leaves open. Both of rma.mv's ways are timed,
# dense matrices, which are its default, and sparse ones.
suppressPackageStartupMessages(library(metafor))
program <- commandArgs(trailingOnly = TRUE)[1]
set.seed(1)
k <- 1000
cluster <- rep(1:200, each = 5)
vi <- exp(rnorm(k) * 0.5) * 0.05
yi <- 0.3 + rep(rnorm(200) * 0.3, each = 5) + rnorm(k) * 0.2 + rnorm(k) * sqrt(vi)
data <- data.frame(cluster, yi, vi, id = 1:k)
file <- tempfile()
write.table(format(data[, 1:3], digits = 17), file, row.names = FALSE, col.names = FALSE, quote = FALSE)
seconds <- function(expression) sum(system.time(expression)[c("user.self", "sys.self")])
dense <- seconds(fit <- rma.mv(yi, vi, random = ~ 1 | cluster/id, data = data))
sparse <- seconds(rma.mv(yi, vi, random = ~ 1 | cluster/id, data = data, sparse = TRUE))
ours <- scan(text = system2(program, file, stdout = TRUE), quiet = TRUE) # effect, variance, between, within, seconds
theirs <- c(fit$beta, fit$vb, fit$sigma2)
stopifnot(max(abs(ours[1:4] / theirs - 1)) < 1e-4)
cat(sprintf("rma.mv %.2f s, sparse %.2f s; accrue %.3f ms: %.0f and %.0f times as fast\n", dense, sparse, 1000 * ours[5],
            dense / ours[5], sparse / ours[5]))
