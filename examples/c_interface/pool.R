# Pools studies by accrue from R, without a package: Rscript pool.R LIBRARY
dyn.load(commandArgs(trailingOnly = TRUE)[1])

pool <- function(effects, variances, level = 0.95) {
    answer <- .C("accrue_r_pool", as.double(effects), as.double(variances), length(effects), as.double(level),
                 result = double(6), failed = integer(1), message = strrep(" ", 256), NAOK = TRUE)
    if (answer$failed != 0) stop(trimws(answer$message), call. = FALSE)
    setNames(answer$result, c("effect", "standard_error", "lower", "upper", "p_value", "tau_squared"))
}

found <- pool(c(-0.4155, -0.1776, -0.1019, -0.2282), c(0.0278, 0.1158, 0.0147, 0.0407))
cat(sprintf("pooled %.4f (%.4f to %.4f), p %.4f\n", found["effect"], found["lower"], found["upper"], found["p_value"]))
tryCatch(pool(c(0.1, NaN), c(0.2, 0.1)), error = function(e) cat("refused:", conditionMessage(e), "\n"))
