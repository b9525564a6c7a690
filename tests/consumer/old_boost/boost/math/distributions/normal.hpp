// Stands for a Boost that is too old; no program includes it.
