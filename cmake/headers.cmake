# The public headers of accrue, relative to include/, one a line and sorted. The list is explicit so that what
# is installed is what was meant to be; the test `layout` fails when it differs from the files on disk.
set(accrue_headers
    # <begin>
    accrue/accrue.hpp
    accrue/arm.hpp
    accrue/cumulative.hpp
    accrue/detail/boost_policy.hpp
    accrue/detail/likelihood_maximum.hpp
    accrue/distribution/chi_squared.hpp
    accrue/distribution/normal.hpp
    accrue/distribution/student_t.hpp
    accrue/error.hpp
    accrue/estimate.hpp
    accrue/events.hpp
    accrue/evidence.hpp
    accrue/heterogeneity.hpp
    accrue/inference.hpp
    accrue/interval.hpp
    accrue/model/common_effect.hpp
    accrue/model/random_effects.hpp
    accrue/pool.hpp
    accrue/pooled.hpp
    accrue/real.hpp
    accrue/sequential/z_curve.hpp
    accrue/status.hpp
    accrue/sum.hpp
    accrue/tau_squared/dersimonian_laird.hpp
    accrue/tau_squared/reml.hpp
    accrue/tau_squared/tau_squared_estimate.hpp
    accrue/two_arms.hpp
    accrue/uncertainty/hartung_knapp.hpp
    accrue/uncertainty/precision.hpp
    accrue/uncertainty/wald.hpp
    accrue/version.hpp
    accrue/weighted_fit.hpp
    accrue/weighted_moments.hpp
    # <end>
)
