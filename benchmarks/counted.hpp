#pragma once

#include <accrue/evidence/evidence.hpp>

#include <concepts>
#include <cstddef>

namespace accrue::benchmarks {

/// An iterated estimator of tau² that counts its passes over the evidence, for what a benchmark cannot do
/// without.
template <class Estimator>
struct counted {
    Estimator estimator;
    std::size_t* passes;

    template <evidence Evidence>
    auto operator()(Evidence const& studies) const {
        return add(estimator(studies));
    }
    template <evidence Evidence>
        requires std::invocable<Estimator const&, Evidence const&, double const&>
    auto operator()(Evidence const& studies, double const& guess) const {
        return add(estimator(studies, guess));
    }

  private:
    template <class Result>
    Result add(Result const& result) const {
        *passes += static_cast<std::size_t>(result.iterations);
        return result;
    }
};

} // namespace accrue::benchmarks
