# Oracle of tests/small_study: regtest, ranktest, trimfill, fsn, tes and selmodel of metafor on several of its
# data sets. Writes tests/golden/small_study/data.csv and metafor.csv.
#
#   Rscript tests/oracles/small_study.R
#
# Run with R 4.2.2 and metafor 3.8-1 (Debian 12). Iterated fits use tolerances near rounding; selmodel uses the
# tightest relative tolerance of nlminb with which it reports convergence, printed in the column `tolerance`.

suppressMessages(library(metafor))
stopifnot(packageVersion("metafor") == "3.8.1")

folder <- "tests/golden/small_study"
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

smd <- function(d) escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = d)
sets <- list(
  hackshaw1998 = dat.hackshaw1998,
  raudenbush1985 = dat.raudenbush1985,
  konstantopoulos2011 = dat.konstantopoulos2011,
  bangertdrowns2004 = dat.bangertdrowns2004,
  bcg = escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
  li2007 = escalc(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.li2007),
  normand1999 = smd(dat.normand1999),
  curtis1998 = escalc(measure = "ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.curtis1998)
)

data <- NULL
rows <- NULL
add <- function(set, procedure, variant, quantity, value, tolerance = NA)
  rows <<- rbind(rows, data.frame(dataset = set, procedure = procedure, variant = variant, quantity = quantity,
                                  value = sprintf("%.17g", as.numeric(value)), tolerance = tolerance))
tight <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)

for (name in names(sets)) {
  d <- data.frame(yi = as.numeric(sets[[name]]$yi), vi = as.numeric(sets[[name]]$vi))
  d <- d[complete.cases(d), ]
  data <- rbind(data, data.frame(dataset = name, yi = sprintf("%.17g", d$yi), vi = sprintf("%.17g", d$vi)))
  for (method in c("REML", "ML", "DL")) {
    fit <- tryCatch(rma(yi, vi, data = d, method = method, control = tight), error = function(e) NULL)
    if (is.null(fit)) next
    for (predictor in c("sei", "vi")) {
      r <- tryCatch(regtest(fit, model = "rma", predictor = predictor), error = function(e) NULL)
      if (!is.null(r)) {
        variant <- paste(method, predictor)
        add(name, "regtest", variant, "zval", r$zval)
        add(name, "regtest", variant, "pval", r$pval)
        add(name, "regtest", variant, "est", r$est)
        add(name, "regtest", variant, "tau2", r$fit$tau2)
      }
    }
  }
  for (exact in c(TRUE, FALSE)) {
    r <- suppressWarnings(ranktest(d$yi, d$vi, exact = exact))
    add(name, "ranktest", if (exact) "exact" else "normal", "tau", r$tau)
    add(name, "ranktest", if (exact) "exact" else "normal", "pval", r$pval)
  }
  common <- rma(yi, vi, data = d, method = "EE")
  for (estimator in c("L0", "R0", "Q0")) {
    r <- tryCatch(trimfill(common, estimator = estimator), error = function(e) NULL)
    if (!is.null(r)) {
      add(name, "trimfill", estimator, "k0", r$k0)
      add(name, "trimfill", estimator, "beta", r$beta)
    }
  }
  for (type in c("Rosenthal", "Orwin", "Rosenberg")) add(name, "fsn", type, "fsnum", fsn(d$yi, d$vi, type = type)$fsnum)
  r <- tes(common, test = "chi2")
  add(name, "tes", "chi2", "pval", r$pval)
  add(name, "tes", "chi2", "E", r$E)
  if (nrow(d) <= 13) add(name, "tes", "exact", "pval", tes(common, test = "exact", progbar = FALSE)$pval)

  cat(name, format(Sys.time()), "\n")
  if (!name %in% c("hackshaw1998", "bangertdrowns2004", "normand1999", "konstantopoulos2011")) next
  ml <- tryCatch(rma(yi, vi, data = d, method = "ML", control = tight), error = function(e) NULL)
  if (is.null(ml)) next
  models <- list(
    "step 0.025" = list(type = "stepfun", steps = 0.025),
    "step 0.025 0.5" = list(type = "stepfun", steps = c(0.025, 0.5)),
    "step 0.05 0.2 0.5" = list(type = "stepfun", steps = c(0.05, 0.2, 0.5)),
    "fixed 0.05" = list(type = "stepfun", steps = 0.05, delta = c(1, 0.5)),
    "halfnorm" = list(type = "halfnorm"), "negexp" = list(type = "negexp"), "logistic" = list(type = "logistic"),
    "power" = list(type = "power"), "beta" = list(type = "beta"))
  for (variant in names(models)) for (alternative in if (name == "hackshaw1998") c("greater", "less", "two.sided") else "greater") {
    for (tolerance in c(1e-10, 1e-6)) {
      s <- tryCatch(suppressWarnings(suppressMessages(do.call(selmodel, c(list(ml, alternative = alternative,
        control = list(optimizer = "nlminb", rel.tol = tolerance)), models[[variant]])))), error = function(e) NULL)
      if (!is.null(s)) break
    }
    if (is.null(s)) next
    cat(" ", variant, alternative, "\n")
    v <- paste(variant, alternative)
    add(name, "selmodel", v, "beta", s$beta, tolerance)
    add(name, "selmodel", v, "se", s$se, tolerance)
    add(name, "selmodel", v, "tau2", s$tau2, tolerance)
    add(name, "selmodel", v, "logLik", logLik(s), tolerance)
    add(name, "selmodel", v, "LRT", s$LRT, tolerance)
    for (j in seq_along(s$delta)) add(name, "selmodel", v, paste0("delta", j), s$delta[j], tolerance)
  }
}
write.csv(data, file.path(folder, "data.csv"), row.names = FALSE, quote = FALSE)
write.csv(rows, file.path(folder, "metafor.csv"), row.names = FALSE, quote = FALSE)
