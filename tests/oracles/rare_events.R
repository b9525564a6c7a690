# Models of rare events by metafor's rma.glmm and lme4's glmer, and exact tests by R, as oracles that share no code with
# this library:
#
#     Rscript tests/oracles/rare_events.R tests/golden/rare_events
#
# metafor's conditional exact model needs the package BiasedUrn. What their optimisers find is good to four to seven
# digits, and to fewer where they warn; "converged" is 1 where they do not warn. Both integrate by 25 nodes. metafor's
# random intercepts are left out, since it integrates them by a single node; anand1999, dorn2007, yusuf1985, collins1985a
# and viechtbauer2021, since its conditional exact model takes minutes for each.
suppressPackageStartupMessages({
  library(metafor)
  library(lme4)
})
options(digits = 17, warn = 1)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- function(x, file) write.csv(format(x, digits = 17, trim = TRUE), file.path(folder, file), row.names = FALSE, quote = FALSE)

trials <- list(
  nielweise2007 = with(dat.nielweise2007, data.frame(ai, n1i, ci, n2i)),
  hine1989 = with(dat.hine1989, data.frame(ai, n1i, ci, n2i)),
  bcg = with(dat.bcg, data.frame(ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg)),
  li2007 = with(dat.li2007, data.frame(ai, n1i, ci, n2i)),
  lee2004 = with(dat.lee2004, data.frame(ai, n1i, ci, n2i)),
  damico2009 = with(dat.damico2009, data.frame(ai = xt, n1i = nt, ci = xc, n2i = nc)),
  egger2001 = with(dat.egger2001, data.frame(ai, n1i, ci, n2i)),
  graves2010 = with(dat.graves2010, data.frame(ai, n1i, ci, n2i)))
rates <- list(
  nielweise2008 = with(dat.nielweise2008, data.frame(ai = x1i, n1i = t1i / 1000, ci = x2i, n2i = t2i / 1000)),
  hart1999 = with(dat.hart1999, data.frame(ai = x1i, n1i = t1i, ci = x2i, n2i = t2i)))
groups <- list(
  pritz1997 = with(dat.pritz1997, data.frame(ai = xi, n1i = ni)),
  debruin2009 = with(dat.debruin2009, data.frame(ai = xi, n1i = ni)))

inputs <- NULL
fits <- NULL
quietly <- function(expression) {
  warned <- 0
  value <- try(withCallingHandlers(expression, warning = function(w) {
    if (!grepl("NAs omitted|yi/vi values are NA|Studies with", conditionMessage(w))) warned <<- 1
    invokeRestart("muffleWarning")
  }), silent = TRUE)
  list(value = value, converged = 1 - warned)
}
add <- function(dataset, model, program, fit, values) {
  if (inherits(fit$value, "try-error")) {
    cat(dataset, model, program, "failed:", substr(fit$value, 1, 100), "\n")
    return(invisible())
  }
  v <- values(fit$value)
  cat(dataset, model, program, v, fit$converged, "\n")
  fits <<- rbind(fits, data.frame(dataset, model, program, converged = fit$converged, effect = v[1], variance = v[2],
                                  tau_squared = v[3], log_likelihood = v[4]))
}
by_metafor <- function(f) c(f$beta[1], f$se[1]^2, f$tau2, as.numeric(logLik(f)))
by_lme4 <- function(name) function(f) c(fixef(f)[name], vcov(f)[name, name], VarCorr(f)[[1]][1, 1], as.numeric(logLik(f)))
control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5))

for (name in names(trials)) {
  d <- na.omit(trials[[name]])
  inputs <- rbind(inputs, data.frame(dataset = name, kind = "trials", d))
  for (model in c("CM.EL", "CM.AL", "UM.FS")) {
    add(name, model, "metafor", quietly(rma.glmm(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d, model = model,
                                                 nAGQ = 25)), by_metafor)
  }
  d <- subset(d, ai + ci > 0)
  k <- nrow(d)
  d$study <- factor(seq_len(k))
  add(name, "CM.AL", "lme4", quietly(glmer(cbind(ai, ci) ~ 1 + offset(log(n1i / n2i)) + (1 | study), data = d, family = binomial,
                                           nAGQ = 25, control = control)), by_lme4("(Intercept)"))
  long <- with(d, data.frame(study = rep(study, 2), x = c(ai, ci), n = c(n1i, n2i), group = rep(c(0.5, -0.5), each = k)))
  add(name, "UM.FS", "lme4", quietly(glmer(cbind(x, n - x) ~ 0 + study + group + (0 + group | study), data = long, family = binomial,
                                           nAGQ = 25, control = control)), by_lme4("group"))
}
for (name in names(rates)) {
  d <- rates[[name]]
  inputs <- rbind(inputs, data.frame(dataset = name, kind = "rates", d))
  for (model in c("CM.EL", "UM.FS")) {
    add(name, model, "metafor", quietly(rma.glmm(measure = "IRR", x1i = ai, t1i = n1i, x2i = ci, t2i = n2i, data = d, model = model,
                                                 nAGQ = 25)), by_metafor)
  }
  d$study <- factor(seq_len(nrow(d)))
  add(name, "CM.EL", "lme4", quietly(glmer(cbind(ai, ci) ~ 1 + offset(log(n1i / n2i)) + (1 | study), data = d, family = binomial,
                                           nAGQ = 25, control = control)), by_lme4("(Intercept)"))
}
for (name in names(groups)) {
  d <- groups[[name]]
  inputs <- rbind(inputs, data.frame(dataset = name, kind = "groups", d, ci = 0, n2i = 0))
  add(name, "UM.RS", "metafor", quietly(rma.glmm(measure = "PLO", xi = ai, ni = n1i, data = d, nAGQ = 25)), by_metafor)
  d$study <- factor(seq_len(nrow(d)))
  add(name, "UM.RS", "lme4", quietly(glmer(cbind(ai, n1i - ai) ~ 1 + (1 | study), data = d, family = binomial, nAGQ = 25,
                                           control = control)), by_lme4("(Intercept)"))
}
out(inputs, "input.csv")
out(fits, "glmm.csv")

# The exact test of a common odds ratio, whose root finding stops at six digits and whose p-value is a sum.
exact <- NULL
for (name in names(trials)) {
  d <- subset(na.omit(trials[[name]]), ai + ci > 0)
  tables <- array(rbind(d$ai, d$n1i - d$ai, d$ci, d$n2i - d$ci), c(2, 2, nrow(d)))
  test <- try(mantelhaen.test(tables, exact = TRUE), silent = TRUE)
  if (inherits(test, "try-error")) {
    cat(name, "exact test failed\n")
    next
  }
  exact <- rbind(exact, data.frame(dataset = name, odds_ratio = test$estimate, lower = test$conf.int[1], upper = test$conf.int[2],
                                   p_value = test$p.value))
}
rownames(exact) <- NULL
out(exact, "mantelhaen_exact.csv")
writeLines(c(R.version.string, paste("metafor", packageVersion("metafor")), paste("lme4", packageVersion("lme4")),
             paste("BiasedUrn", packageVersion("BiasedUrn"))), file.path(folder, "versions.txt"))
