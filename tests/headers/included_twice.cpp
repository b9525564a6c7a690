#include ACCRUE_HEADER
#include ACCRUE_HEADER // NOLINT(readability-duplicate-include)
