#pragma once

#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/centred_sums.hpp>
#include <accrue/evidence/detail/inverse_variance_weight.hpp>
#include <accrue/evidence/detail/pack.hpp>
#include <accrue/real.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

namespace accrue::detail {

/// Consecutive studies, as many as a `Number` holds, which is one unless it is a pack.
template <class Number>
struct study_row {
    static constexpr std::size_t width = 1;

    Number effects;
    Number variances;

    [[gnu::always_inline]] explicit study_row(basic_estimate<Number> const* const studies)
        : effects(studies->effect), variances(studies->variance) {}
};

template <class Vector>
struct study_row<pack<Vector>> {
    using number = pack<Vector>;
    static constexpr std::size_t width = number::width;

    number effects;
    number variances;

    [[gnu::always_inline]] explicit study_row(estimate const* const studies)
        : study_row(studies, std::make_index_sequence<width>()) {}

    /// 1 for the first `count` studies, 0 for the others.
    [[gnu::always_inline]] static number first(std::size_t const count) {
        auto ones = std::array<double, width>{};
        for (std::size_t lane = 0; lane < width; ++lane) {
            ones[lane] = lane < count ? 1 : 0;
        }
        return number::load(ones.data());
    }

  private:
    template <std::size_t... lane>
    [[gnu::always_inline]] study_row(estimate const* const studies, std::index_sequence<lane...>)
        : effects(Vector{studies[lane].effect...}), variances(Vector{studies[lane].variance...}) {}
};

/// What must be known of studies before they are pooled.
template <real Real>
struct study_survey {
    Real smallest_variance;
    bool finite; ///< whether all effects and variances are
};

/// A survey of studies, of which there is at least one.
template <real Real>
[[nodiscard]] study_survey<Real> survey(std::span<basic_estimate<Real> const> const studies) {
    // A number that is finite is 0 when it is taken from itself; others are then NaN.
    if constexpr (std::same_as<Real, double>) {
        using both = pack<two_doubles>; // a study's effect and variance
        static_assert(sizeof(basic_estimate<Real>) == 2 * sizeof(double));
        auto const load = [&](std::size_t const i) {
            return both::load(reinterpret_cast<double const*>(&studies[i]));
        };
        both smallest = load(studies.size() - 1);
        both defect = smallest - smallest;
        // Two at a time, so that minima need not wait for one another.
        both other_smallest = smallest;
        both other_defect = defect;
        for (std::size_t i = 0; i + 1 < studies.size(); i += 2) {
            both const study = load(i);
            both const other = load(i + 1);
            smallest = select(study < smallest, study, smallest);
            other_smallest = select(other < other_smallest, other, other_smallest);
            defect += study - study;
            other_defect += other - other;
        }
        double const one = smallest.numbers[1];
        double const other = other_smallest.numbers[1];
        return {other < one ? other : one, (defect + other_defect <= 0).everywhere()};
    } else {
        auto result = study_survey<Real>{studies.front().variance, true};
        for (auto const& [effect, variance] : studies) {
            result.smallest_variance =
                variance < result.smallest_variance ? variance : result.smallest_variance;
            result.finite = result.finite && effect - effect <= 0 && variance - variance <= 0;
        }
        return result;
    }
}

/// The centred sums of a list of studies with relative weights `weight(variance)`.
///
/// A block of studies is passed over twice: for its weights and weighted mean, then for sums of powers about
/// that mean. The first effect serves as the origin of the first pass, so that the mean keeps its digits when
/// effects share a large offset; the heaviest study's where the first has no weight. Long lists are halved,
/// so that rounding errors grow with log k only.
///
/// All but the recursion is inlined, so that sums that a caller does not use cost nothing. `Pack` is what the
/// sums are taken by, where the type and the weights allow it.
template <real Real, class Weight, class Pack = native_pack>
class study_sums {
  public:
    using list = std::span<basic_estimate<Real> const>;

    [[gnu::always_inline]] static centred_sums<Real> of(list const studies, Weight const& weight) {
        return studies.size() <= block         ? of_block(studies, weight)
               : studies.size() <= longest_run ? of_run(studies, weight)
                                               : of_halves(studies, weight);
    }

  private:
    static constexpr std::size_t block = 256;         ///< studies whose weights are kept between the passes
    static constexpr std::size_t longest_run = 16384; ///< studies that are summed block by block

    /// Pairwise summation, of runs that are long enough for the recursion to cost nothing.
    [[gnu::noinline]] static centred_sums<Real> of_halves(list const studies, Weight const& weight) {
        if (studies.size() <= longest_run) {
            return of_run(studies, weight);
        }
        std::size_t const half = studies.size() / 2;
        auto total = of_halves(studies.first(half), weight);
        return total += of_halves(studies.subspan(half), weight);
    }

    [[gnu::always_inline]] static centred_sums<Real> of_run(list const studies, Weight const& weight) {
        auto total = centred_sums<Real>{};
        std::size_t size = (studies.size() - 1) % block + 1; // the first block may be shorter
        for (std::size_t i = 0; i < studies.size(); size = block) {
            total += of_block(studies.subspan(i, size), weight);
            i += size;
        }
        return total;
    }

    /// The effect of the heaviest study where it has most of the weight, else the weighted mean, by way of
    /// the distances from that effect.
    [[nodiscard, gnu::noinline]] static Real centre_by_heaviest(list const studies, Weight const weight,
                                                                bool const has_most) {
        auto heaviest = studies.front();
        for (auto const& study : studies) {
            heaviest = weight(heaviest.variance) < weight(study.variance) ? study : heaviest;
        }
        Real total(0);
        Real moment(0);
        for (auto const& [effect, variance] : studies) {
            total += weight(variance);
            moment += weight(variance) * (effect - heaviest.effect);
        }
        return has_most ? heaviest.effect : Real(heaviest.effect + moment / total);
    }

    [[gnu::always_inline]] static centred_sums<Real> of_block(list const studies, Weight const& weight) {
        if constexpr (takes_packs<Real, Weight>) {
            return of_block_by<Pack>(studies, weight);
        } else {
            return of_block_by<Real>(studies, weight);
        }
    }

    template <class Number>
    [[gnu::always_inline]] static centred_sums<Real> of_block_by(list const studies, Weight const& weight) {
        using row = study_row<Number>;
        std::size_t const rest = studies.size() % row::width;
        std::size_t const rows = studies.size() / row::width;
        Real const origin = studies.front().effect;
        std::array<Number, block / row::width> weights;
        auto sums = centred_sums<Number>{};
        Number moment(0);
        for (std::size_t i = 0; i < rows; ++i) {
            auto const next = row(studies.data() + i * row::width);
            Number const u = weight(next.variances);
            weights[i] = u;
            sums.ones.add(u, u);
            moment += u * (next.effects - origin);
        }
        // A last row that is not full is filled up with the last study, without weight.
        auto last = std::array<basic_estimate<Real>, row::width>{};
        if constexpr (row::width > 1) {
            if (rest > 0) {
                for (std::size_t lane = 0; lane < row::width; ++lane) {
                    last[lane] = studies[lane < rest ? rows * row::width + lane : studies.size() - 1];
                }
                auto const next = row(last.data());
                Number const u = weight(next.variances) * row::first(rest);
                weights[rows] = u;
                sums.ones.add(u, u);
                moment += u * (next.effects - origin);
            }
        }
        Real const total = total_of(sums.ones.first);
        Real centre = origin + total_of(moment) / total;
        bool const has_most = centred_sums<Real>::is_dominated(total, total_of(sums.ones.second));
        // Rounding moves the centre by a share of its distance from the origin. Squares about it would be
        // lost where that study weighs next to nothing.
        if (has_most || weight(studies.front().variance) < Real(1e-24) * total) [[unlikely]] {
            centre = centre_by_heaviest(studies, weight, has_most);
        }
        for (std::size_t i = 0; i < rows; ++i) {
            auto const next = row(studies.data() + i * row::width);
            sums.add_difference(weights[i], next.effects - centre);
        }
        if (row::width > 1 && rest > 0) {
            sums.add_difference(weights[rows], row(last.data()).effects - centre);
        }
        return {studies.size(), centre, total_of(sums.ones), total_of(sums.firsts), total_of(sums.seconds)};
    }
};

} // namespace accrue::detail
