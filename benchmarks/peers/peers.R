# What metafor.R and rpact.R share. They are called with the folder of the comparison.

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
is_long <- "--long" %in% arguments

read_data <- function(name) read.delim(file.path(folder, "data", name))

write_lines <- function(path, lines) {
    dir.create(dirname(path), showWarnings = FALSE, recursive = TRUE)
    writeLines(lines, path)
}

# Rows of numbers, each with a name for each column.
write_answers <- function(program, work, rows) {
    digits <- vapply(rows, function(row) paste(sprintf("%.17g", row), collapse = "\t"), "")
    head <- paste(names(rows[[1]]), collapse = "\t")
    write_lines(file.path(folder, program, paste0(work, ".tsv")), c(head, digits))
}

# The least processor time of `repetitions` calls, in seconds, after one that warms up unless it is left out.
processor_time <- function(work, repetitions, warm_up = TRUE) {
    if (warm_up) work()
    min(vapply(seq_len(repetitions), function(repetition) {
        before <- proc.time()
        work()
        sum((proc.time() - before)[c("user.self", "sys.self")])
    }, 0))
}

# Adds to the times of earlier runs.
write_times <- function(program, times) {
    lines <- sprintf("%s\t%s\t%.9g\n", program, names(times), unlist(times))
    dir.create(file.path(folder, "times"), showWarnings = FALSE)
    cat(lines, file = file.path(folder, "times", paste0(program, ".tsv")), sep = "", append = TRUE)
}

write_version <- function(program) {
    text <- sprintf("%s %s (%s)", program, packageVersion(program), R.version.string)
    write_lines(file.path(folder, "versions", program), text)
}
