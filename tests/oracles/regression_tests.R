# Egger's regression test by metafor with every predictor, model and estimator of tau²: tests/small_study/metafor.cpp
# reads what this writes, tests/golden/small_study/regtest.csv and regtest_data.csv.
#
#   Rscript tests/oracles/regression_tests.R
#
# Run with R 4.2.2 and metafor 3.8-1 (Debian 12). regtest refits with its default tolerance of 1e-5 for tau²; where
# tau² is iterated the numbers are of `rma` with the predictor as moderator, which regtest is by definition, at a tight
# tolerance, and regtest has to be near.
suppressMessages(library(metafor))
stopifnot(packageVersion("metafor") == "3.8.1")
folder <- "tests/golden/small_study"
bangert <- subset(dat.bangertdrowns2004, !is.na(ni))
normand <- escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
sets <- list(
  bcg = data.frame(yi = c(bcg$yi), vi = bcg$vi, ni = bcg$tpos + bcg$tneg + bcg$cpos + bcg$cneg),
  raudenbush1985 = with(dat.raudenbush1985, data.frame(yi, vi, ni = n1i + n2i)),
  bangertdrowns2004 = with(bangert, data.frame(yi, vi, ni)),
  normand1999 = with(normand, data.frame(yi = c(yi), vi, ni = n1i + n2i))
)
predictor_of <- list(sei = function(d) sqrt(d$vi), vi = function(d) d$vi, ni = function(d) d$ni, ninv = function(d) 1 / d$ni,
                     sqrtni = function(d) sqrt(d$ni), sqrtninv = function(d) 1 / sqrt(d$ni))
tight <- list(threshold = 1e-14, maxiter = 10000, tol = 1e-14)
rows <- NULL
add <- function(...) rows <<- rbind(rows, data.frame(...))
digits <- function(x) sprintf("%.17g", as.numeric(x))
for (name in names(sets)) {
  d <- sets[[name]]
  for (predictor in names(predictor_of)) {
    plain <- rma(yi, vi, ni = ni, data = d, method = "EE")
    r <- regtest(plain, model = "lm", predictor = predictor)
    add(dataset = name, model = "lm", method = "", predictor, statistic = digits(r$zval), p = digits(r$pval),
        tau2 = "0", intercept = digits(coef(r$fit)[1]))
    d$x <- predictor_of[[predictor]](d)
    for (method in c("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")) {
      fit <- rma(yi, vi, ni = ni, data = d, method = method, control = tight)
      r <- regtest(fit, model = "rma", predictor = predictor)
      f <- tryCatch(rma(yi, vi, mods = ~ x, data = d, method = method, control = tight), error = function(e) NULL)
      if (is.null(f)) { # Fisher scoring to and fro
        cat(name, predictor, method, "does not converge\n")
        next
      }
      stopifnot(abs(f$zval[2] - r$zval) < 2e-3 * (1 + abs(r$zval)))
      add(dataset = name, model = "rma", method = method, predictor, statistic = digits(f$zval[2]), p = digits(f$pval[2]),
          tau2 = digits(f$tau2), intercept = digits(f$beta[1]))
    }
  }
}
data <- do.call(rbind, lapply(names(sets), function(name) with(sets[[name]], data.frame(
  dataset = name, yi = digits(yi), vi = digits(vi), ni = digits(ni)))))
write.csv(data, file.path(folder, "regtest_data.csv"), row.names = FALSE, quote = FALSE)
write.csv(rows, file.path(folder, "regtest.csv"), row.names = FALSE, quote = FALSE)
