# Meta-regression, tests of small-study effects, three levels and a selection model with moderators beside metafor,
# processor times, one run, as a table in Markdown. run.sh runs it; alone:
#
#     cmake --build build/benchmarks --target regressions_peer
#     OPENBLAS_NUM_THREADS=1 Rscript benchmarks/peers/regressions.R build/benchmarks/benchmarks/regressions_peer
#
# It fails when the answers disagree by more than metafor's optimisers leave open, or when accrue misses what it has
# promised: 13 studies in 5 us, 10,000 in 2 ms, a million regressions of 20 studies in 2 s.
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
least <- function(n, expression) { # the least of three rounds of n
  call <- substitute(expression)
  at <- parent.frame()
  min(replicate(3, seconds(for (i in 1:n) eval(call, at)))) / n
}
written <- function(time) ifelse(time < 1e-3, sprintf("%.3g us", 1e6 * time), ifelse(time < 1, sprintf("%.3g ms", 1000 * time),
                                                                                     sprintf("%.3g s", time)))
report <- function(title, name, theirs, time, tolerance) {
  mine <- ours[[name]]
  difference <- max(abs(mine[seq_along(theirs)] - theirs) / pmax(abs(theirs), 1e-8))
  if (difference >= tolerance) stop(name, ": answers differ by ", difference)
  taken <- tail(mine, 1)
  cat(sprintf("| %s | %s | %s | %s | %.0e (allowed %.0e) |\n", title, written(time), written(taken),
              format(signif(time / taken, 2), big.mark = ",", scientific = FALSE), difference, tolerance))
}
alone <- function(title, name) cat(sprintf("| %s | | %s | | |\n", title, written(tail(ours[[name]], 1))))
cat("\n| work | metafor | accrue | ratio | largest difference |\n|---|--:|--:|--:|---|\n")
for (size in c(13, 1000)) {
  d <- data[1:size, ]
  time <- if (size == 13) least(20, rma(yi, vi, mods = ~ x, data = d)) else seconds(rma(yi, vi, mods = ~ x, data = d))
  fit <- rma(yi, vi, mods = ~ x, data = d, control = list(threshold = 1e-12))
  report(paste(format(size, big.mark = ","), "studies, REML, one moderator"), paste0("regression", size),
         c(fit$beta[2], fit$vb[2, 2], fit$tau2), time, 1e-6)
}
alone("10,000 studies, REML, one moderator (metafor needs matrices of 10,000 rows and columns)", "regression10000")
alone("10^6 regressions of 20 studies on two moderators", "batch")
d <- data[1:100, ]
common <- rma(yi, vi, data = d, method = "EE")
reml <- rma(yi, vi, data = d)
test <- rma(yi, vi, mods = ~ sqrt(vi), data = d, control = list(threshold = 1e-12))
report("Egger's test, 100 studies, REML", "egger", c(test$zval[2], test$tau2), least(5, regtest(reml)), 1e-6)
test <- suppressWarnings(ranktest(d$yi, d$vi, exact = FALSE))
report("Begg's test, 100 studies, normal", "begg", c(test$tau, test$pval), least(20, ranktest(d$yi, d$vi, exact = FALSE)),
       1e-10)
filled <- trimfill(common)
report("trim and fill, 100 studies, common effect", "trim_and_fill", c(filled$k0, filled$beta), least(5, trimfill(common)), 1e-8)
seven <- rma(yi, vi, mods = ~ x, data = data[1:7, ], method = "DL")
time <- seconds(permuted <- permutest(seven, exact = TRUE, progbar = FALSE))
report("permutation test, 7 studies, all 5,040 orders, DL", "permutation", permuted$pval, time, 1e-12)
ml <- rma(yi, vi, mods = ~ x, data = d, method = "ML")
time <- seconds(fit <- selmodel(ml, type = "stepfun", steps = 0.025))
report("step selection model, 100 studies, one moderator", "selection", c(fit$beta[2], fit$vb[2, 2], fit$tau2), time, 1e-2)
d <- data[1:1000, ]
time <- seconds(fit <- rma.mv(yi, vi, mods = ~ x + z, random = ~ 1 | cluster/id, data = d, sparse = TRUE))
report("three levels, 1,000 effects in 200 clusters, two moderators, sparse matrices", "three_level",
       c(fit$beta[2], fit$vb[2, 2], fit$sigma2), time, 1e-4)
taken <- sapply(ours[c("regression13", "regression10000", "batch")], tail, 1)
if (any(taken > c(5e-6, 2e-3, 2))) stop("accrue took longer than it promises: ", paste(written(taken), collapse = ", "))
cat(sprintf("\nWanted: 13 studies in 5 us, 10,000 in 2 ms, 10^6 regressions in 2 s. Taken: %s.\n", paste(written(taken), collapse = ", ")))
