# Dependent effects by metafor, clubSandwich and robumeta, as oracles that share no code with this library:
#
#     Rscript tests/oracles/dependence.R tests/golden/dependence
#
# metafor's optimisers stop at about half of the digits of a double. So the variances are carried on from there to the
# root of the score, by Newton's method with dense matrices; metafor then computes all else with them held fixed, and
# must find them no less likely than its own. A variance that metafor puts below 1e-7 of the typical sampling variance
# stands at 0.
suppressPackageStartupMessages({
  library(metafor)
  library(clubSandwich)
  library(robumeta)
})
options(digits = 17, warn = 1)
folder <- commandArgs(trailingOnly = TRUE)[1]
out <- function(x, file) write.csv(format(x, digits = 17, trim = TRUE), file.path(folder, file), row.names = FALSE, quote = FALSE)

# The root of the (restricted) score in theta, for Sigma(theta) = V + sum theta_l A_l.
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
    theta <- theta + step
    if (max(abs(step)) < 1e-14 * max(abs(theta))) break
  }
  theta
}

# ---------------------------------------------------------------------------------------------- three levels
konstantopoulos2011 <- with(dat.konstantopoulos2011, data.frame(cluster = district, yi, vi))
assink2016 <- with(dat.assink2016, data.frame(cluster = study, yi, vi))
bornmann2007 <- with(escalc(measure = "OR", ai = waward, n1i = wtotal, ci = maward, n2i = mtotal, data = dat.bornmann2007),
                     data.frame(cluster = as.integer(factor(study)), yi = as.numeric(yi), vi))
crede2010 <- with(subset(escalc(measure = "ZCOR", ri = ri, ni = ni, data = dat.crede2010), criterion == "grade"),
                  data.frame(cluster = studyid, yi = as.numeric(yi), vi))
tannersmith2016 <- with(dat.tannersmith2016, data.frame(cluster = studyid, yi, vi))
bangertdrowns2004 <- with(dat.bangertdrowns2004, data.frame(cluster = grade, yi, vi))
ishak2007 <- local({
  d <- reshape(dat.ishak2007, direction = "long", idvar = "study", v.names = c("yi", "vi"),
               varying = list(c(2, 4, 6, 8), c(3, 5, 7, 9)))
  d <- d[order(d$study, d$time), ]
  d <- d[!is.na(d$yi), ]
  data.frame(cluster = as.integer(factor(d$study)), yi = as.numeric(d$yi), vi = d$vi, time = d$time)
})
berkey1998 <- with(dat.berkey1998, data.frame(cluster = trial, yi, vi))
knapp2017 <- with(dat.knapp2017, data.frame(cluster = study, yi, vi))
kalaian1996 <- with(dat.kalaian1996, data.frame(cluster = as.integer(factor(study, levels = unique(study))), yi, vi))
raudenbush1985 <- with(dat.raudenbush1985, data.frame(cluster = as.integer(factor(author, levels = unique(author))), yi, vi))
bcg_by_allocation <- with(escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
                          data.frame(cluster = as.integer(factor(alloc)), yi = as.numeric(yi), vi))
sets <- list(konstantopoulos2011 = konstantopoulos2011, assink2016 = assink2016, bornmann2007 = bornmann2007,
             crede2010 = crede2010, tannersmith2016 = tannersmith2016, bangertdrowns2004 = bangertdrowns2004,
             ishak2007 = ishak2007[, 1:3], berkey1998 = berkey1998, knapp2017 = knapp2017, kalaian1996 = kalaian1996,
             raudenbush1985 = raudenbush1985, bcg_by_allocation = bcg_by_allocation)

three_level_at <- function(d, method, sigma2 = c(NA, NA)) {
  d$id <- seq_len(nrow(d))
  rma.mv(yi, vi, random = ~ 1 | cluster/id, data = d, method = method, sigma2 = sigma2,
         control = list(optimizer = "nlminb", rel.tol = 1e-10))
}

inputs <- NULL
fits <- NULL
blups <- NULL
robust <- NULL
for (name in names(sets)) {
  d <- na.omit(sets[[name]])
  inputs <- rbind(inputs, data.frame(dataset = name, cluster = d$cluster, effect = d$yi, variance = d$vi))
  J <- outer(d$cluster, d$cluster, "==") * 1
  X <- matrix(1, nrow(d), 1)
  for (method in c("REML", "ML")) {
    rough <- three_level_at(d, method)
    theta <- rough$sigma2
    free <- theta > 1e-7 * median(d$vi)
    theta[!free] <- 0
    if (any(free)) {
      theta[free] <- score_root(d$yi, X, diag(d$vi), list(J, diag(nrow(d)))[free], theta[free], method == "REML")
    }
    fit <- three_level_at(d, method, theta)
    stopifnot(logLik(fit) > logLik(rough) - 1e-9)
    cat(name, method, theta, "\n")
    limits <- rep(NA, 4)
    if (name %in% c("konstantopoulos2011", "assink2016", "bornmann2007")) {
      for (l in 1:2) {
        ci <- confint(rough, sigma2 = l, control = list(tol = 1e-13))
        limits[2 * l - 1:0] <- ci$random[1, 2:3]
      }
    }
    fits <- rbind(fits, data.frame(dataset = name, method, effect = fit$beta[1], variance = fit$vb[1],
      between = theta[1], within = theta[2], log_likelihood = as.numeric(logLik(fit)),
      between_lower = limits[1], between_upper = limits[2], within_lower = limits[3], within_upper = limits[4]))
    if (method == "REML") {
      r <- ranef(fit)
      blups <- rbind(blups, data.frame(dataset = name, cluster = rownames(r$cluster), effect = r$cluster$intrcpt, se = r$cluster$se))
      for (type in c("CR0", "CR1", "CR2")) {
        test <- coef_test(fit, vcov = type, cluster = d$cluster, test = "Satterthwaite")
        robust <- rbind(robust, data.frame(dataset = name, model = "three_level", type,
          se = test$SE, degrees_of_freedom = if (is.null(test$df_Satt)) test$df else test$df_Satt))
      }
      uni <- rma.uni(yi, vi, data = d, method = "DL")
      for (type in c("CR0", "CR1", "CR2")) {
        test <- coef_test(uni, vcov = type, cluster = d$cluster, test = "Satterthwaite")
        robust <- rbind(robust, data.frame(dataset = name, model = "dersimonian_laird", type,
          se = test$SE, degrees_of_freedom = if (is.null(test$df_Satt)) test$df else test$df_Satt))
      }
    }
  }
}
out(inputs, "three_level_input.csv")
out(fits, "three_level.csv")
out(blups, "three_level_blup.csv")
out(robust, "cluster_robust.csv")
