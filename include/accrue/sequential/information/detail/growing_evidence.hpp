#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/evidence.hpp>
#include <accrue/evidence/evidence_accumulator.hpp>
#include <accrue/inference/cumulative.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace accrue::detail {

/// The first trials of a series as evidence, for numbers of trials that never fall, at a cost that does not
/// grow: the list itself up to the length at which that is faster, and an accumulator beyond.
class growing_evidence {
  public:
    explicit growing_evidence(std::span<estimate const> const all)
        : all_(all), accumulates_(std::all_of(all.begin(), all.end(), evidence_accumulator::takes)) {}

    /// Calls `function` with the evidence of the first `count` trials.
    template <class Function>
    double of_first(std::size_t const count, Function const& function) {
        if (!accumulates_ || count <= direct_is_faster) {
            return function(as_evidence(all_.first(count)));
        }
        for (; added_ < count; ++added_) {
            so_far_.add(all_[added_]);
        }
        return function(so_far_);
    }

  private:
    std::span<estimate const> all_;
    bool accumulates_;
    evidence_accumulator so_far_;
    std::size_t added_ = 0;
};

} // namespace accrue::detail
