# metafor's side: Rscript metafor.R FOLDER [--long]
#
# Times are those of metafor's defaults. Answers by REML come from fits that iterate on to a change of 1e-12, which
# are not timed: by default metafor stops at a change of tau² below 1e-5.

suppressPackageStartupMessages(library(metafor))
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "peers.R"))

to_the_end <- list(threshold = 1e-12, maxiter = 10000)
times <- list()

fit <- function(studies, method, test = "z", control = list()) {
    rma(yi = studies$effect, vi = studies$variance, method = method, test = test, control = control)
}

summary_of <- function(result) {
    c(effect = result$beta[1], standard_error = result$se, tau_squared = result$tau2, lower = result$ci.lb,
      upper = result$ci.ub, p_value = result$pval, q = result$QE, q_p_value = result$QEp)
}

for (k in c(4, 13)) {
    data <- read_data(paste0("pool_", k, ".tsv"))
    sets <- split(data, data$set)
    for (work in list(c("dl", "DL", "z"), c("reml", "REML", "z"), c("reml_hksj", "REML", "knha"))) {
        name <- paste0("pool_", work[1], "_", k)
        fits <- lapply(sets, fit, method = work[2], test = work[3], control = to_the_end)
        write_answers("metafor", name, lapply(fits, summary_of))
        seconds <- processor_time(function() lapply(sets, fit, method = work[2], test = work[3]), 7)
        times[[name]] <- seconds / length(sets)
    }
}

write_curve <- function(name, curve) {
    write_answers("metafor", name, lapply(seq_along(curve$estimate), function(i) {
        c(effect = curve$estimate[i], standard_error = curve$se[i], tau_squared = curve$tau2[i],
          lower = curve$ci.lb[i], upper = curve$ci.ub[i], p_value = curve$pvals[i], q = curve$Q[i],
          q_p_value = curve$Qp[i])
    }))
}

studies <- read_data("cumulative.tsv")
for (k in c(50, 200)) {
    for (method in c("DL", "REML")) {
        name <- paste0("cumulative_", tolower(method), "_", k)
        write_curve(name, cumul(fit(studies[1:k, ], method, control = to_the_end)))
        all_studies <- fit(studies[1:k, ], method)
        times[[name]] <- processor_time(function() cumul(all_studies), 2, warm_up = FALSE)
        times[[paste0(name, "_summaries")]] <- times[[name]]
    }
}
if (is_long) {
    all_studies <- fit(studies, "DL")
    name <- "cumulative_dl_1000"
    times[[name]] <- processor_time(function() write_curve(name, cumul(all_studies)), 1, warm_up = FALSE)
    times[[paste0(name, "_summaries")]] <- times[[name]]
}

# A tenth of the batch; its time stands for a tenth.
data <- read_data("batch.tsv")
data <- data[data$set <= 1000, ]
sets <- split(data, data$set)
fits <- lapply(sets, fit, method = "DL")
rows <- lapply(fits, function(result) summary_of(result)[c("effect", "standard_error", "tau_squared", "q")])
write_answers("metafor", "batch", rows)
times$batch <- 10 * processor_time(function() lapply(sets, fit, method = "DL"), 1, warm_up = FALSE)

write_times("metafor", times)
write_version("metafor")
