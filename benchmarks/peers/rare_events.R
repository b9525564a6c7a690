# Models of rare events beside metafor's rma.glmm and lme4's glmer, 20 trials of 10 events an arm and of 100, processor
# times, one run of five to ten minutes, nearly all of it metafor's conditional exact model:
#
#     cmake --build build/benchmarks --target rare_events_peer
#     OPENBLAS_NUM_THREADS=1 Rscript benchmarks/peers/rare_events.R build/benchmarks/benchmarks/rare_events_peer
#
# It prints a table, and fails when answers disagree by more than the peers' optimisers and nodes leave open. metafor's
# conditional exact model needs the package BiasedUrn. glmer integrates by 25 nodes; random intercepts by Laplace's
# approximation, which is all it has for two random effects, so that its answer to those is only timed.
suppressPackageStartupMessages({
  library(metafor)
  library(lme4)
})
program <- commandArgs(trailingOnly = TRUE)[1]
set.seed(1)
seconds <- function(expression) sum(system.time(expression)[c("user.self", "sys.self")])
row <- function(...) cat("|", paste(..., sep = " | "), "|\n")
row("events an arm", "model", "peer", "its time", "accrue's time", "ratio", "difference of effects, in standard errors")
row("--:", "---", "---", "--:", "--:", "--:", "--:")
for (events in c(10, 100)) {
  k <- 20
  n <- round(events * 10 * (1 + 0.2 * (1:k %% 5)))
  data <- data.frame(ai = rbinom(k, n, plogis(-2.2 - 0.3 + 0.4 * rnorm(k))), n1i = n, ci = rbinom(k, n, 0.1), n2i = n)
  file <- tempfile()
  write.table(data, file, row.names = FALSE, col.names = FALSE)
  ours <- read.table(text = system2(program, file, stdout = TRUE), row.names = 1)
  compare <- function(model, peer, expression, effect, tolerance) {
    time <- seconds(fit <- suppressWarnings(suppressMessages(expression)))
    apart <- abs(effect(fit) - ours[model, 1]) / sqrt(ours[model, 2])
    stopifnot(apart < tolerance)
    row(events, model, peer, sprintf("%.2f s", time), sprintf("%.2f ms", 1000 * ours[model, 4]),
        format(signif(time / ours[model, 4], 2), big.mark = ",", scientific = FALSE), sprintf("%.0e", apart))
  }
  long <- with(data, data.frame(study = factor(rep(1:k, 2)), x = c(ai, ci), n = c(n1i, n2i), group = rep(c(0.5, -0.5), each = k)))
  data$study <- factor(1:k)
  by_metafor <- function(fit) fit$beta[1]
  glmm <- function(model) rma.glmm(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = data, model = model)
  compare("CM.EL", "rma.glmm", glmm("CM.EL"), by_metafor, 0.05)
  compare("CM.AL", "rma.glmm", glmm("CM.AL"), by_metafor, 0.01)
  compare("CM.AL", "glmer", glmer(cbind(ai, ci) ~ 1 + offset(log(n1i / n2i)) + (1 | study), data = data, family = binomial, nAGQ = 25),
          function(fit) fixef(fit)[1], 0.01)
  compare("UM.FS", "rma.glmm", glmm("UM.FS"), by_metafor, 0.01)
  compare("UM.FS", "glmer", glmer(cbind(x, n - x) ~ 0 + study + group + (0 + group | study), data = long, family = binomial, nAGQ = 25),
          function(fit) fixef(fit)["group"], 0.01)
  compare("UM.RS", "glmer, Laplace", glmer(cbind(x, n - x) ~ 1 + group + (1 | study) + (0 + group | study), data = long, family = binomial),
          function(fit) fixef(fit)["group"], 0.5)
  exact <- array(with(data, rbind(ai, n1i - ai, ci, n2i - ci)), c(2, 2, k))
  compare("exact", "mantelhaen.test, with interval and p", mantelhaen.test(exact, exact = TRUE), function(fit) log(fit$estimate), 0.001)
  row(events, "beta-binomial", "", "", sprintf("%.2f ms", 1000 * ours["beta", 4]), "", "")
}
