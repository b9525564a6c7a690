# Selection models with moderators by metafor's selmodel:
#
#     Rscript tests/oracles/selection_moderators.R tests/golden/small_study
#
# Run with R 4.2.2, metafor 3.8-1 and numDeriv (Debian 12). nlminb leaves about half of the digits, so its maximum is
# carried on by Newton's method on the likelihood as the papers define it, with numDeriv's derivatives and quadrature of its own.
# metafor 3.8-1 itself is asked for its log-likelihood too: where the two are of one model they agree to its tolerance.
# metafor 3.8-1 keeps p-values away from 0 and 1 for beta and power, whose likelihood is another one then; it has no
# confidence interval of a coefficient of a selection model by profile likelihood, nor predictions with one.
suppressMessages({library(metafor); library(numDeriv)})
stopifnot(packageVersion("metafor") == "3.8.1")
folder <- commandArgs(trailingOnly = TRUE)[1]

bangert <- subset(dat.bangertdrowns2004, !is.na(length) & !is.na(wic))
sets <- list(
  bcg = with(escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
             data.frame(yi = as.numeric(yi), vi, x = ablat, f = as.numeric(alloc == "random"))),
  bangertdrowns2004 = with(bangert, data.frame(yi, vi, x = length, f = wic)),
  raudenbush1985 = with(dat.raudenbush1985, data.frame(yi, vi, x = weeks, f = as.numeric(setting == "group"))),
  hackshaw1998 = with(dat.hackshaw1998, data.frame(yi, vi, x = year, f = as.numeric(country %in% c("USA"))))
)
families <- list(
  "step 0.025" = list(type = "stepfun", steps = 0.025), "step 0.05 0.5" = list(type = "stepfun", steps = c(0.05, 0.5)),
  "fixed 0.05" = list(type = "stepfun", steps = 0.05, delta = c(1, 0.5)),
  halfnorm = list(type = "halfnorm"), negexp = list(type = "negexp"), logistic = list(type = "logistic"), power = list(type = "power"), beta = list(type = "beta"))
# Gauss-Legendre panels of 20 nodes on the standard normal's 20 standard deviations and more (Golub & Welsch 1969); narrow
# ones for powers, which fall steeply where heterogeneity is large beside a standard error
gauss <- local({ n <- 20; b <- (1:(n - 1)) / sqrt(4 * (1:(n - 1))^2 - 1); J <- matrix(0, n, n); J[cbind(1:(n - 1), 2:n)] <- b; J <- J + t(J)
  e <- eigen(J, symmetric = TRUE); list(x = e$values, w = 2 * e$vectors[1, ]^2) })
rule <- function(width, limit) {
  from <- seq(-limit, limit - width, by = width)
  list(x = as.vector(outer(gauss$x, from, function(x, f) f + width / 2 * (x + 1))), w = rep(width / 2 * gauss$w, length(from)))
}
wide <- rule(1.25, 10)
narrow <- rule(0.25, 12)

w_of <- function(family, p, q, d) switch(sub(" .*", "", family),
  step = , fixed = NULL, halfnorm = exp(-d * p^2), negexp = exp(-d * p), logistic = 2 * exp(-d * p) / (1 + exp(-d * p)),
  power = q^d, beta = p^(d[1] - 1) * q^(d[2] - 1))

likelihood <- function(family, spec, side, y, v, X) function(theta) {
  b <- theta[1:ncol(X)]; t2 <- theta[ncol(X) + 1]; d <- theta[-(1:(ncol(X) + 1))]
  if (side == "less") { y <- -y; X <- -X }
  m <- drop(X %*% b); s <- sqrt(v + t2); se <- sqrt(v)
  p <- pnorm(y / se, lower.tail = FALSE)
  if (!is.null(spec$steps)) {
    w <- if (is.null(spec$delta)) c(1, exp(d)) else spec$delta
    place <- findInterval(p, spec$steps, left.open = TRUE) + 1
    cuts <- qnorm(spec$steps, lower.tail = FALSE)
    above <- sapply(cuts, function(c) pnorm((c * se - m) / s, lower.tail = FALSE))
    above <- matrix(above, nrow = length(y))
    parts <- cbind(above, 1) - cbind(0, above)
    return(sum(dnorm(y, m, s, log = TRUE) + log(w[place]) - log(drop(parts %*% w))))
  }
  by <- if (family == "power") narrow else wide
  x_at <- (m + outer(s, by$x)) / se
  a <- drop(w_of(family, pnorm(x_at, lower.tail = FALSE), pnorm(x_at), d) %*% (by$w * dnorm(by$x)))
  sum(dnorm(y, m, s, log = TRUE) + log(w_of(family, p, pnorm(y / se), d)) - log(a))
}

rows <- NULL
add <- function(set, family, side, quantity, value)
  rows <<- rbind(rows, data.frame(dataset = set, family, side, quantity, value = sprintf("%.17g", as.numeric(value))))
data <- NULL
for (name in names(sets)) {
  d <- na.omit(sets[[name]])
  data <- rbind(data, data.frame(dataset = name, yi = sprintf("%.17g", d$yi), vi = sprintf("%.17g", d$vi), x = d$x, f = d$f))
  centre <- mean(d$x)
  d$c <- d$x - centre
  ml <- rma(yi, vi, mods = ~ c + f, data = d, method = "ML", control = list(threshold = 1e-14, maxiter = 10000))
  X <- cbind(1, d$c, d$f)
  for (family in names(families)) for (side in if (name == "bcg") "less" else "greater") {
    if (is.null(families[[family]]$steps) && !(name %in% c("bcg", "raudenbush1985"))) next # the quadrature is slow in R
    s <- NULL
    for (tolerance in c(1e-10, 1e-6)) {
      s <- tryCatch(suppressWarnings(suppressMessages(do.call(selmodel, c(list(ml, alternative = side,
        control = list(optimizer = "nlminb", rel.tol = tolerance)), families[[family]])))), error = function(e) NULL)
      if (!is.null(s)) break
    }
    if (is.null(s)) { cat(name, family, side, "metafor fails\n"); next }
    l <- likelihood(family, families[[family]], side, d$yi, d$vi, X)
    step <- !is.null(families[[family]]$steps)
    delta <- if (family == "fixed 0.05") NULL else if (step) log(s$delta[-1]) else s$delta
    theta <- c(s$beta, s$tau2, delta)
    add(name, family, side, "metafor logLik", logLik(s))
    add(name, family, side, "logLik at metafor", l(theta))
    free <- rep(TRUE, length(theta))
    free[4] <- s$tau2 > 1e-6
    if (!step && family != "beta") free[5] <- theta[5] > 1e-5
    theta[!free] <- 0
    bad <- any(abs(theta[-(1:3)]) > 12) || any(!is.finite(theta))
    for (iteration in 1:30) {
      if (bad) break
      at <- function(t) { full <- theta; full[free] <- t; l(full) }
      g <- tryCatch(grad(at, theta[free]), error = function(e) NA); H <- tryCatch(hessian(at, theta[free]), error = function(e) NA)
      change <- tryCatch(solve(H, -g), error = function(e) NA)
      if (any(!is.finite(change)) || any(eigen(H)$values > 0)) { bad <- TRUE; break }
      theta[free] <- theta[free] + change
      if (theta[4] < 0) { bad <- TRUE; break }
      if (max(abs(change) * sqrt(diag(-H))) < 1e-9) break
    }
    if (bad) { cat(name, family, side, "not carried on", theta, "\n"); next }
    # at a bound the likelihood must fall inwards
    bound <- TRUE
    for (j in which(!free)) { up <- theta; up[j] <- 1e-4; if (l(up) > l(theta)) bound <- FALSE }
    if (!bound) { cat(name, family, side, "not at its bound\n"); next }
    H <- hessian(function(t) { full <- theta; full[free] <- t; l(full) }, theta[free])
    V <- solve(-H)
    cat(name, family, side, theta, "\n")
    add(name, family, side, "intercept", theta[1] - theta[2] * centre)
    for (j in 1:2) { add(name, family, side, c("x", "f")[j], theta[j + 1]); add(name, family, side, paste0("se ", c("x", "f")[j]), sqrt(V[j + 1, j + 1])) }
    add(name, family, side, "tau2", theta[4])
    add(name, family, side, "logLik", l(theta))
    if (family != "fixed 0.05") add(name, family, side, "LRT", max(0, 2 * (l(theta) - logLik(ml))))
    if (family != "fixed 0.05") {
      weights <- if (step) c(1, exp(theta[-(1:4)])) else theta[-(1:4)]
      for (j in seq_along(weights)) add(name, family, side, paste0("weight ", j), weights[j])
    }
  }
  write.csv(data, file.path(folder, "selection_moderators_data.csv"), row.names = FALSE, quote = FALSE)
  write.csv(rows, file.path(folder, "selection_moderators.csv"), row.names = FALSE, quote = FALSE)
}
