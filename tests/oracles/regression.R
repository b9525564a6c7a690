# Meta-regressions by R's metafor for tests/regression/oracle.cpp:
#   Rscript tests/oracles/regression.R > tests/golden/regression/metafor.csv
# One row a number: case, quantity, place, value.
suppressMessages(library(metafor))
cat(sprintf("case,quantity,place,value\n"))
out <- function(case, quantity, values) {
    for (i in seq_along(values)) {
        cat(sprintf("%s,%s,%d,%.17g\n", case, quantity, i - 1, values[i]))
    }
}
# BCG vaccine against tuberculosis (Colditz 1994), log risk ratios; latitudes centred, so that the normal equations
# lose nothing.
d <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
y <- c(d$yi)
v <- c(d$vi)
latitude <- d$ablat - 33
allocation <- d$alloc
out("data", "effect", y)
out("data", "variance", v)
out("data", "latitude", latitude)
tight <- list(threshold = 1e-14, tol = 1e-14, maxiter = 10000)
for (method in c("HSk", "PMM", "DL", "HE", "HS", "SJ", "ML", "REML", "PM")) {
    for (test in c("z", "t", "knha", "adhoc")) {
        f <- rma(y, v, mods = ~ latitude + allocation, method = method, test = test, control = tight)
        case <- paste(method, test, sep = "-")
        out(case, "tau2", f$tau2)
        out(case, "se_tau2", f$se.tau2)
        out(case, "beta", f$beta)
        out(case, "se", f$se)
        out(case, "p", f$pval)
        out(case, "omnibus", c(f$QM, f$QMp))
    }
}
# Estimators that metafor has under another name, or whose definition its numbers give. Coefficients are those at the
# tau² so found.
X <- model.matrix(~ latitude + allocation)
k <- nrow(X)
p <- ncol(X)
moment <- function(a) { # a generalised Q with weights a: y'Ay = tau² tr A + tr AV
    f <- rma(y, v, mods = ~ latitude + allocation, method = "GENQ", weights = a)
    c(f$tau2, f$se.tau2)
}
dl <- rma(y, v, mods = ~ latitude + allocation, method = "DL")
he <- rma(y, v, mods = ~ latitude + allocation, method = "HE")
W <- diag(1 / v)
trace <- sum(diag(W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W))
sj2 <- he$tau2 * rma(y, v, mods = ~ latitude + allocation, tau2 = he$tau2, test = "knha")$s2w
stopifnot(he$tau2 > 0)
restricted <- function(t) logLik(rma(y, v, mods = ~ latitude + allocation, tau2 = t, method = "REML"))
best <- restricted(0.1)
density <- function(power) function(u) sapply(u, function(x)
    exp(restricted(exp(x)) - best - 3 * x - 0.1 / exp(x) + power * x)) # inverse gamma prior with 2 and 0.1
integral <- function(power) integrate(density(power), log(1e-3), log(1e4), rel.tol = 1e-11, subdivisions = 1000)$value
found <- list(GENQ = moment(1 / sqrt(v)), "GENQ-equal" = moment(rep(1, k)), DL2 = moment(1 / (v + dl$tau2)),
              HE2 = moment(1 / (v + he$tau2)), HM = dl$QE^2 / ((2 * (k - p) + dl$QE) * trace), SJ2 = sj2,
              fixed = 0.3, "semi-Bayes" = integral(2) / integral(1))
for (name in names(found)) {
    if (length(found[[name]]) == 2) out(name, "se_tau2", found[[name]][2])
    for (test in c("z", "t", "knha", "adhoc")) {
        f <- rma(y, v, mods = ~ latitude + allocation, tau2 = found[[name]][1], test = test)
        case <- paste(name, test, sep = "-")
        out(case, "tau2", f$tau2)
        out(case, "beta", f$beta)
        out(case, "se", f$se)
        out(case, "p", f$pval)
        out(case, "omnibus", c(f$QM, f$QMp))
    }
}
f <- rma(y, v, mods = ~ latitude + allocation, method = "REML", control = tight)
i <- influence(f)
out("influence", "rstudent", i$inf$rstudent)
out("influence", "dffits", i$inf$dffits)
out("influence", "cook", i$inf$cook.d)
out("influence", "covariance_ratio", i$inf$cov.r)
out("influence", "tau2_deleted", i$inf$tau2.del)
out("influence", "q_deleted", i$inf$QE.del)
out("influence", "hat", i$inf$hat)
out("influence", "dfbetas_latitude", i$dfbs$latitude)
out("influence", "rstandard", rstandard(f)$z)
b <- blup(f)
out("blup", "effect", b$pred)
out("blup", "se", b$se)
out("vif", "each", vif(f)$vifs)
out("vif", "allocation", vif(f, btt = 3:4)$vifs)
test <- anova(f, L = rbind(c(0, 0, 1, -1), c(0, 10, 0, 1)))
out("contrast", "each", test$zval)
out("contrast", "both", c(test$QM, test$QMp))
at <- predict(f, newmods = rbind(c(mean(latitude), 0, 0), c(mean(latitude), 1, 0), c(mean(latitude), 0, 1)))
out("means", "effect", at$pred)
out("means", "se", at$se)
out("means", "prediction_lower", at$pi.lb)
out("interval", "q_profile", confint(f, control = list(tol = 1e-13))$random[1, 2:3])
out("interval", "profile", confint(f, type = "PL", control = list(tol = 1e-13))$random[1, 2:3])
out("criteria", "REML", f$fit.stats$REML)
ml <- rma(y, v, mods = ~ latitude + allocation, method = "ML", control = tight)
out("criteria", "ML", ml$fit.stats$ML)
for (method in c("REML", "ML")) {
    f <- rma(y, v, mods = ~ latitude, scale = ~ latitude, method = method,
             control = list(optimizer = "BFGS", reltol = 1e-15))
    case <- paste("scale", method, sep = "-")
    out(case, "location", f$beta)
    out(case, "location_se", f$se)
    out(case, "scale", f$alpha)
    out(case, "scale_se", f$se.alpha)
    out(case, "log_likelihood", c(logLik(f)))
}
# Seven studies: 5040 orders of a moderator, all tried.
seven <- 1:7
for (method in c("EE", "DL", "REML")) {
    f <- rma(y[seven], v[seven], mods = ~ latitude[seven], method = method, control = if (method == "REML") tight)
    permuted <- permutest(f, exact = TRUE, progbar = FALSE)
    out(paste("permutation", method, sep = "-"), "p", permuted$pval)
    out(paste("permutation", method, sep = "-"), "omnibus", permuted$QMp)
}
