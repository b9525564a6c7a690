# rpact's side: Rscript rpact.R FOLDER
#
# Times are those of rpact's defaults, which solve for boundaries to 1e-8; answers come from calls with the least
# tolerance that it takes, 1e-10, which are not timed.

suppressPackageStartupMessages(library(rpact))
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))), "peers.R"))

design <- function(looks, ...) {
    suppressWarnings( # beyond 10 looks it warns that these are not validated
        getDesignGroupSequential(kMax = looks, alpha = 0.05, sided = 2, typeOfDesign = "asOF",
                                 informationRates = seq_len(looks) / looks, ...)
    )
}

times <- list()
for (looks in c(5, 20, 100)) {
    name <- paste0("boundaries_", looks)
    refusal <- file.path(folder, "rpact", paste0(name, ".refused"))
    bounds <- tryCatch(design(looks, tolerance = 1e-10)$criticalValues, error = function(condition) {
        write_lines(refusal, conditionMessage(condition))
        NULL
    })
    if (is.null(bounds)) next
    write_answers("rpact", name, lapply(bounds, function(bound) c(z = bound)))
    calls <- if (looks <= 5) 10 else 1
    times[[name]] <- processor_time(function() for (i in seq_len(calls)) design(looks), 3) / calls
}
write_times("rpact", times)
write_version("rpact")
