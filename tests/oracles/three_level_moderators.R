# Three levels with moderators by metafor's rma.mv:
#
#     Rscript tests/oracles/three_level_moderators.R tests/golden/dependence
#
# Left out: kalaian1996, where no optimiser of metafor reaches the maximum. As in dependence.R metafor's optimiser is carried on to the root of the score by Newton's method with dense matrices;
# metafor then computes all else with the variances held fixed.
suppressPackageStartupMessages({
  library(metafor)
  library(clubSandwich)
})
options(digits = 17, warn = 1)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- function(x, file) write.csv(format(x, digits = 17, trim = TRUE), file.path(folder, file), row.names = FALSE, quote = FALSE)

score_root <- function(y, X, V, A, theta, restricted) {
  for (iteration in 1:100) {
    S <- V
    for (l in seq_along(A)) S <- S + theta[l] * A[[l]]
    W <- chol2inv(chol(S))
    P <- W - W %*% X %*% solve(t(X) %*% W %*% X, t(X) %*% W)
    Py <- P %*% y
    Q <- if (restricted) P else W
    g <- sapply(A, function(a) sum(Py * (a %*% Py)) - sum(Q * a))
    H <- outer(seq_along(A), seq_along(A), Vectorize(function(i, j)
      sum((Q %*% A[[i]]) * t(Q %*% A[[j]])) - 2 * sum((A[[i]] %*% Py) * (P %*% (A[[j]] %*% Py)))))
    step <- solve(H, -g)
    while (any(theta + step < 0)) step <- step / 2
    theta <- theta + step
    if (max(abs(step)) < 1e-14 * max(abs(theta))) break
  }
  theta
}

number <- function(x) as.integer(factor(x, levels = unique(x)))
sets <- list(
  konstantopoulos2011 = with(dat.konstantopoulos2011, data.frame(cluster = district, yi, vi, x = year, f = ifelse(study %% 3 == 0, "c", ifelse(study %% 2 == 0, "b", "a")))),
  assink2016 = with(dat.assink2016, data.frame(cluster = study, yi, vi, x = year, f = deltype)),
  bornmann2007 = with(escalc(measure = "OR", ai = waward, n1i = wtotal, ci = maward, n2i = mtotal, data = dat.bornmann2007),
                      data.frame(cluster = number(study), yi = as.numeric(yi), vi, x = year, f = type)),
  ishak2007 = local({
    d <- reshape(dat.ishak2007, direction = "long", idvar = "study", v.names = c("yi", "vi"),
                 varying = list(c(2, 4, 6, 8), c(3, 5, 7, 9)))
    d <- d[order(d$study, d$time), ]
    d <- d[!is.na(d$yi), ]
    data.frame(cluster = number(d$study), yi = as.numeric(d$yi), vi = d$vi, x = d$mdur, f = paste0("t", d$time))
  }),
  bcg_by_allocation = with(escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
                          data.frame(cluster = number(region <- ifelse(ablat > 40, "north", ifelse(ablat < 20, "south", alloc))),
                                     yi = as.numeric(yi), vi, x = ablat, f = alloc)),
  one_each = with(escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
                  data.frame(cluster = trial, yi = as.numeric(yi), vi, x = year, f = alloc))
)
forms <- list("~ x" = ~ x, "~ f" = ~ f, "~ x + f" = ~ x + f, "~ f - 1" = ~ f - 1)

inputs <- NULL; fits <- NULL; coefficients <- NULL; predictions <- NULL; blups <- NULL; robust <- NULL
for (name in names(sets)) {
  d <- na.omit(sets[[name]])
  d$id <- seq_len(nrow(d))
  inputs <- rbind(inputs, data.frame(dataset = name, cluster = d$cluster, effect = d$yi, variance = d$vi, x = d$x, f = d$f))
  J <- outer(d$cluster, d$cluster, "==") * 1
  single <- !any(duplicated(d$cluster))
  for (form in names(forms)) {
    X <- model.matrix(forms[[form]], d)
    for (method in c("REML", "ML")) {
      rough <- if (single) rma(yi, vi, mods = forms[[form]], data = d, method = method, control = list(threshold = 1e-12, maxiter = 1000)) else
        tryCatch(rma.mv(yi, vi, mods = forms[[form]], random = ~ 1 | cluster/id, data = d, method = method, control = list(rel.tol = 1e-10)),
                 error = function(e) rma.mv(yi, vi, mods = forms[[form]], random = ~ 1 | cluster/id, data = d, method = method, control = list(optimizer = "optim")))
      theta <- if (single) c(rough$tau2, 0) else rough$sigma2
      free <- theta > 1e-7 * median(d$vi)
      theta[!free] <- 0
      if (any(free)) theta[free] <- score_root(d$yi, X, diag(d$vi), list(J, diag(nrow(d)))[free], theta[free], method == "REML")
      fit <- rma.mv(yi, vi, mods = forms[[form]], random = ~ 1 | cluster/id, data = d, method = method, sigma2 = theta)
      stopifnot(logLik(fit) > logLik(rough) - 1e-8)
      cat(name, form, method, theta, "\n")
      limits <- rep(NA, 4)
      if (name %in% c("assink2016", "konstantopoulos2011") && form == "~ f" && method == "REML") {
        for (l in 1:2) limits[2 * l - 1:0] <- confint(rough, sigma2 = l, control = list(tol = 1e-13))$random[1, 2:3]
      }
      p <- ncol(X)
      fits <- rbind(fits, data.frame(dataset = name, form, method, between = theta[1], within = theta[2],
        log_likelihood = as.numeric(logLik(fit)), q = fit$QE, omnibus = fit$QM, omnibus_p = fit$QMp,
        between_lower = limits[1], between_upper = limits[2], within_lower = limits[3], within_upper = limits[4]))
      coefficients <- rbind(coefficients, data.frame(dataset = name, form, method, place = 1:p - 1, coefficient = fit$beta[, 1],
        se = fit$se, last_covariance = fit$vb[, p], p_value = fit$pval, lower = fit$ci.lb, upper = fit$ci.ub))
      if (method == "REML") {
        at <- predict(fit)
        keep <- c(1, 5, nrow(d))
        predictions <- rbind(predictions, data.frame(dataset = name, form, row = keep - 1, effect = at$pred[keep], se = at$se[keep],
          lower = at$ci.lb[keep], upper = at$ci.ub[keep], prediction_lower = at$pi.lb[keep], prediction_upper = at$pi.ub[keep]))
        if (form == "~ x + f") {
          r <- ranef(fit)
          blups <- rbind(blups, data.frame(dataset = name, level = "cluster", place = seq_along(r$cluster$intrcpt) - 1,
                                           effect = r$cluster$intrcpt, se = r$cluster$se, label = rownames(r$cluster)))
          inner <- r[[2]]
          blups <- rbind(blups, data.frame(dataset = name, level = "study", place = as.integer(sub(".*/", "", rownames(inner))) - 1,
                                           effect = inner$intrcpt, se = inner$se, label = rownames(inner)))
          if (!single) for (type in c("CR0", "CR1", "CR2")) {
            test <- coef_test(fit, vcov = type, cluster = d$cluster, test = "Satterthwaite")
            robust <- rbind(robust, data.frame(dataset = name, form, type, place = 1:p - 1, se = test$SE,
              degrees_of_freedom = if (is.null(test$df_Satt)) test$df else test$df_Satt))
          }
        }
      }
    }
  }
}
rownames(coefficients) <- NULL
out(inputs, "three_level_moderators_input.csv")
out(fits, "three_level_moderators.csv")
out(coefficients, "three_level_moderators_coefficients.csv")
out(predictions, "three_level_moderators_predictions.csv")
out(blups, "three_level_moderators_blup.csv")
out(robust, "three_level_moderators_robust.csv")
