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
    positive <- function(t) !inherits(try(chol(Reduce(`+`, Map(`*`, A, t), V)), silent = TRUE), "try-error")
    while (!positive(theta + step)) step <- step / 2
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

# ---------------------------------------------------- robust variances with moderators, and of other programs' weights
regressions <- NULL
tests <- NULL
rows <- NULL
moderated <- list(
  konstantopoulos2011 = with(dat.konstantopoulos2011, data.frame(cluster = district, yi, vi, x1 = year - 1990, x2 = school)),
  bornmann2007 = with(escalc(measure = "OR", ai = waward, n1i = wtotal, ci = maward, n2i = mtotal, data = dat.bornmann2007),
                      data.frame(cluster = as.integer(factor(study)), yi = as.numeric(yi), vi,
                                 x1 = as.numeric(type == "Grant"), x2 = doctype_year <- year - 2000)),
  bangertdrowns2004 = with(subset(dat.bangertdrowns2004, !is.na(length)),
                           data.frame(cluster = as.integer(factor(paste(author, year))) %/% 3, yi, vi, x1 = length, x2 = grade)))
for (name in names(moderated)) {
  d <- na.omit(moderated[[name]])
  d$id <- seq_len(nrow(d))
  uni <- rma.uni(yi, vi, mods = ~ x1 + x2, data = d, method = "DL")
  mv <- rma.mv(yi, vi, mods = ~ x1 + x2, random = ~ 1 | cluster/id, data = d, sigma2 = c(0.05, 0.02))
  rows <- rbind(rows, data.frame(dataset = name, cluster = d$cluster, effect = d$yi, variance = d$vi, x1 = d$x1, x2 = d$x2,
                                 tau_squared = uni$tau2))
  for (type in c("CR0", "CR1", "CR2")) {
    for (model in c("independent", "three_level")) {
      fit <- if (model == "independent") uni else mv
      test <- coef_test(fit, vcov = type, cluster = d$cluster, test = "Satterthwaite")
      regressions <- rbind(regressions, data.frame(dataset = name, model, type, coefficient = 0:2, beta = test$beta,
                                                   se = test$SE, degrees_of_freedom = if (is.null(test$df_Satt)) test$df else test$df_Satt))
      wald <- Wald_test(fit, constraints = constrain_zero(2:3), vcov = type, cluster = d$cluster, test = "HTZ")
      tests <- rbind(tests, data.frame(dataset = name, model, type, statistic = wald$Fstat, numerator = wald$df_num,
                                       denominator = wald$df_denom, p_value = wald$p_val))
    }
  }
}
out(rows, "cluster_robust_moderated_input.csv")
out(regressions, "cluster_robust_moderated.csv")
out(tests, "cluster_robust_tests.csv")

weighted <- NULL
robu_fits <- NULL
for (weights in c("HIER", "CORR")) {
  for (name in c("konstantopoulos2011", "tannersmith2016", "assink2016")) {
    d <- sets[[name]]
    fit <- robu(yi ~ 1, data = d, studynum = cluster, var.eff.size = vi, modelweights = weights, small = TRUE)
    kept <- fit$data.full
    weighted <- rbind(weighted, data.frame(dataset = name, weights, cluster = kept$study, effect = kept$effect.size,
                                           variance = kept$var.eff.size, weight = kept$r.weights))
    robu_fits <- rbind(robu_fits, data.frame(dataset = name, weights, beta = fit$reg_table$b.r[1], se = fit$reg_table$SE[1],
                                             degrees_of_freedom = fit$reg_table$dfs[1]))
  }
}
out(weighted, "robumeta_input.csv")
out(robu_fits, "robumeta.csv")

# ------------------------------------------------------- correlated sampling errors, hierarchical and aggregated effects
che <- NULL
aggregated <- NULL
for (name in c("konstantopoulos2011", "assink2016", "tannersmith2016", "knapp2017", "kalaian1996", "ishak2007", "bornmann2007")) {
  d <- sets[[name]]
  d$id <- seq_len(nrow(d))
  same <- outer(d$cluster, d$cluster, "==") * 1
  V <- same * 0.6 * sqrt(outer(d$vi, d$vi))
  diag(V) <- d$vi
  for (method in c("REML", "ML")) {
    rough <- rma.mv(yi, V, random = ~ 1 | cluster/id, data = d, method = method, control = list(rel.tol = 1e-10))
    theta <- rough$sigma2
    free <- theta > 1e-7 * median(d$vi)
    theta[!free] <- 0
    if (any(free)) {
      theta[free] <- score_root(d$yi, matrix(1, nrow(d), 1), V, list(same, diag(nrow(d)))[free], theta[free], method == "REML")
    }
    fit <- rma.mv(yi, V, random = ~ 1 | cluster/id, data = d, method = method, sigma2 = theta)
    stopifnot(logLik(fit) > logLik(rough) - 1e-9)
    cat(name, method, theta, "\n")
    robust_test <- coef_test(fit, vcov = "CR2", cluster = d$cluster, test = "Satterthwaite")
    che <- rbind(che, data.frame(dataset = name, method, effect = fit$beta[1], variance = fit$vb[1], between = theta[1],
      within = theta[2], log_likelihood = as.numeric(logLik(fit)), robust_se = robust_test$SE,
      robust_df = if (is.null(robust_test$df_Satt)) robust_test$df else robust_test$df_Satt))
  }
  e <- escalc(measure = "GEN", yi = d$yi, vi = d$vi)
  e$cluster <- factor(d$cluster, levels = unique(d$cluster))
  a <- aggregate(e, cluster = cluster, struct = "CS", rho = 0.6)
  aggregated <- rbind(aggregated, data.frame(dataset = name, cluster = a$cluster, effect = as.numeric(a$yi), variance = a$vi))
}
out(che, "hierarchical_effects.csv")
out(aggregated, "aggregate.csv")

# ------------------------------------------------------------------------------------------------ several outcomes
berkey <- local({
  d <- dat.berkey1998
  list(d = data.frame(study = d$trial, outcome = as.integer(d$outcome == "AL"), yi = as.numeric(d$yi)),
       V = as.matrix(Matrix::bdiag(lapply(split(d[, c("v1i", "v2i")], d$trial), as.matrix))))
})
with_correlation <- function(d, r) {
  V <- outer(d$study, d$study, "==") * r * sqrt(outer(d$vi, d$vi))
  diag(V) <- d$vi
  list(d = d[, c("study", "outcome", "yi")], V = V)
}
kalaian <- with(dat.kalaian1996, with_correlation(data.frame(study = kalaian1996$cluster,
  outcome = as.integer(outcome == "math"), yi = as.numeric(yi), vi), 0.66))
ishak <- with(ishak2007, {
  d <- data.frame(study = cluster, outcome = time - 1, yi, vi)
  V <- outer(d$study, d$study, "==") * 0.97^abs(outer(d$outcome, d$outcome, "-")) * sqrt(outer(d$vi, d$vi))
  list(d = d[, c("study", "outcome", "yi")], V = V)
})
kearon1998 <- na.omit(dat.kearon1998[, c("tp", "np", "tn", "nn")])
kearon <- local({
  d <- kearon1998
  add <- 0.5 * (d$tp == 0 | d$np - d$tp == 0 | d$tn == 0 | d$nn - d$tn == 0)
  tp <- d$tp + add; fn <- d$np - d$tp + add; tn <- d$tn + add; fp <- d$nn - d$tn + add
  long <- data.frame(study = rep(seq_along(tp), each = 2), outcome = rep(0:1, length(tp)), yi = c(rbind(log(tp / fn), log(tn / fp))))
  list(d = long, V = diag(c(rbind(1 / tp + 1 / fn, 1 / tn + 1 / fp))))
})
out(with(kearon1998, data.frame(tp, fn = np - tp, tn, fp = nn - tn)), "kearon1998.csv")

multi_input <- NULL
multi_v <- NULL
multi <- NULL
for (name in c("berkey", "kalaian", "ishak", "kearon")) {
  d <- get(name)$d
  V <- get(name)$V
  q <- max(d$outcome) + 1
  d$o <- factor(d$outcome)
  X <- model.matrix(~ o - 1, d)
  same <- outer(d$study, d$study, "==") * 1
  multi_input <- rbind(multi_input, data.frame(dataset = name, d[, c("study", "outcome", "yi")]))
  pairs <- which(same == 1, arr.ind = TRUE)
  multi_v <- rbind(multi_v, data.frame(dataset = name, row = pairs[, 1], column = pairs[, 2], covariance = V[pairs]))
  element <- function(i, j) same * (outer(d$outcome == i, d$outcome == j) | outer(d$outcome == j, d$outcome == i))
  for (struct in if (name == "ishak") c("DIAG", "CS") else if (name == "kearon") "UN" else c("UN", "DIAG", "CS")) {
    for (method in c("REML", "ML")) {
      rough <- rma.mv(yi, V, mods = ~ o - 1, random = ~ o | study, struct = struct, data = d, method = method,
                      control = list(rel.tol = 1e-10))
      G <- rough$G
      if (struct == "UN") {
        index <- which(lower.tri(G, diag = TRUE), arr.ind = TRUE)
        A <- lapply(seq_len(nrow(index)), function(l) element(index[l, 1] - 1, index[l, 2] - 1))
        theta <- G[lower.tri(G, diag = TRUE)]
      } else if (struct == "DIAG") {
        A <- lapply(seq_len(q), function(i) element(i - 1, i - 1))
        theta <- diag(G)
      } else {
        A <- list(diag(nrow(d)), same - diag(nrow(d)))
        theta <- c(G[1, 1], G[1, 2])
      }
      interior <- min(eigen(G)$values) > 1e-6 * max(diag(G))
      root <- interior
      if (interior) {
        theta <- score_root(d$yi, X, V, A, theta, method == "REML")
        S <- V
        for (l in seq_along(A)) S <- S + theta[l] * A[[l]]
        W <- solve(S)
        vb <- solve(t(X) %*% W %*% X)
        beta <- vb %*% t(X) %*% W %*% d$yi
        G <- if (struct == "UN") { g <- matrix(0, q, q); g[lower.tri(g, TRUE)] <- theta; g + t(g) - diag(diag(g)) }
             else if (struct == "DIAG") diag(theta) else theta[2] + diag(theta[1] - theta[2], q)
      } else {
        beta <- rough$beta
        vb <- rough$vb
      }
      cat(name, struct, method, root, "log-likelihood", as.numeric(logLik(rough)), "\n")
      multi <- rbind(multi, data.frame(dataset = name, struct, method, root = as.integer(root), log_likelihood = as.numeric(logLik(rough)),
        i = rep(1:q, q) - 1, j = rep(1:q, each = q) - 1, effect = rep(beta, q), covariance = c(vb), between = c(G)))
    }
  }
}
out(multi_input, "multivariate_input.csv")
out(multi_v, "multivariate_sampling.csv")
out(multi, "multivariate.csv")
writeLines(c(paste("R", getRversion()), paste("metafor", packageVersion("metafor")), paste("clubSandwich", packageVersion("clubSandwich")),
             paste("robumeta", packageVersion("robumeta"))), file.path(folder, "versions.txt"))
