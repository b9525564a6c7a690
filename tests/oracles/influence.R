# Standardised residuals of models whose variance is not 1 / sum w: R 4.2, metafor 3.8,
#     Rscript tests/oracles/influence.R
suppressMessages(library(metafor))
options(digits = 13)
yi <- c(0.3, 2, 1, 0.5)
vi <- c(0.04, 0.5, 0.3, 0.1)
tight <- list(threshold = 1e-14, maxiter = 1000)
print(rstandard(rma(yi, vi, method = "REML", control = tight))$z)
print(rstandard(rma(yi, vi, method = "REML", control = tight, test = "knha"))$z)
unweighted <- rma(yi, vi, method = "REML", control = tight, weighted = FALSE)
print(rstandard(unweighted)$z)
