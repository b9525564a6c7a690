#pragma once

#include <accrue/error.hpp>
#include <accrue/estimate.hpp>
#include <accrue/evidence/detail/little_endian.hpp>
#include <accrue/evidence/detail/variance_band.hpp>
#include <accrue/evidence/weighted_fit.hpp>
#include <accrue/real.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace accrue {

/// Everything that any random-effects model needs to know of a stream of studies, in memory that does not
/// grow with their number.
///
/// An accumulator models `evidence`, so that `pool(model, accumulator)` gives what `pool(model, estimates)`
/// gives for the studies that were added, for every estimator of tau² and every method of uncertainty, at a
/// cost that does not depend on how many they were. Accumulators add: threads, processes or sites that may
/// not share their rows each keep one, and `+=` merges them. The order of studies and merges changes the
/// result by rounding errors only, and `a += b` gives exactly what `b += a` gives.
///
/// Why a sum over studies needs no studies
/// ---------------------------------------
/// The difficulty: tau² is unknown while studies arrive, and 1/(v + tau²) must be summed for whatever value
/// it turns out to have. But as a function of log v it is so smooth, for any tau², that within a factor of 4
/// of the variance its values at 20 fixed (Chebyshev) points determine it everywhere between them to 16
/// digits: f(v) = sum over j of share_j(v) f(v_j), Lagrange's interpolation, where the shares depend on v and
/// not on f. Summed over studies i,
///
///     sum_i f(v_i) y_i^p = sum_j f(v_j) S_pj,   S_pj = sum_i share_j(v_i) y_i^p,   p = 0, 1, 2,
///
/// so each study is spread over the points of its band of variances, and only the sums S are kept: as if
/// there were 20 studies with variances v_j a band, however many there really are. The same holds for powers
/// of the weights, for log(v + tau²) in likelihoods, and for any other weight that is a smooth function of
/// log v.
///
/// Why no digits are lost
/// ----------------------
/// - The interpolation error falls by a factor of 9.2 a point, and is below rounding at 20 (see
///   `detail::band_points`).
/// - Shares have both signs, but the sum of their sizes is below 3, so that rounding errors grow no more.
/// - Each sum keeps the rounding errors of its additions (`detail::compensated_array`): ten million studies
///   are as exact as ten.
/// - Effects are taken about a centre that follows the mean of the band, so an offset that all studies share
///   does not swamp their differences, in whatever order they come (see `detail::variance_band`). Each band
///   has its own: precise and imprecise studies never share a sum.
/// - A study with nearly all the weight, such as one of variance 1e-12 among others of 1, would leave
///   formulas with the difference between its weight and the total. But it is alone in its band then, so
///   its variance is known, and `sum` holds it by itself: formulas add up the others instead, in a few more
///   passes over the points.
///
/// So what models make of an accumulator agrees to 1e-12 relative with exact arithmetic on the list: for
/// variances from 1e-12 to 1e12 together, ten million studies, adversarial orders, effects that share an
/// offset of 10^6 times their spread, and with or without a dominating study. What is itself a difference is
/// as exact as its terms: a tau² near 0 is to 1e-12 of what is subtracted in it, an effect near 0 to 1e-12 of
/// the effects that balance. One model needs more than that: the distribution of `henmi_copas` depends on
/// how much weights differ, which is known to 1e-16 of the largest weight, so that two or more studies of
/// nearly equal variance that share nearly all the weight ask for the list.
///
/// Weights and other functions of the variance must be smooth in log v: analytic over a factor of 4 about
/// each variance, as powers of v and of v + tau², logarithms and exponentials of log v are. A step or a kink,
/// such as a weight that is capped or that drops studies beyond a variance, gives wrong sums without warning.
///
/// For `double` an accumulator holds about 1 kB for each factor of 4 that its variances span, so 40 kB if
/// they span 1e-12 to 1e12. Bands with few studies reveal those studies: sites that share accumulators
/// instead of rows should merge sparse bands' studies with others' first.
template <real Real>
class basic_evidence_accumulator {
  public:
    using real_type = Real;

    /// Adds one study, in constant time.
    ///
    /// \throws invalid_input for an effect or a variance that is not finite, a variance that is not positive,
    /// or a study that `takes` is false for; the accumulator is unchanged then
    basic_evidence_accumulator& add(basic_estimate<Real> const& study) {
        detail::check(study);
        detail::require(has_normal_variance(study), "variance",
                        "a normal number (for double, 2.2e-308 or more)", study.variance);
        detail::require(has_summable_effect(study), "effect",
                        "small enough to sum its squares (for double, below 1.9e143 in size)", study.effect);
        std::size_t const size = size_with(1);
        band_at(band::index_of(study.variance)).add(study.effect, study.variance);
        smallest_ = size_ == 0 || study.variance < smallest_ ? study.variance : smallest_;
        largest_ = size_ == 0 || study.variance > largest_ ? study.variance : largest_;
        size_ = size;
        return *this;
    }

    /// Whether an accumulator can take a study that is valid: its variance must be a normal number, both in
    /// `Real` and in `double`; and 2^72 times the square of its effect a finite one, so that the sums can't
    /// overflow, however many studies are added or merged. For `double` that is a variance of 2.2e-308 or
    /// more and an effect below 1.9e143 in size.
    [[nodiscard]] static bool takes(basic_estimate<Real> const& study) {
        return has_normal_variance(study) && has_summable_effect(study);
    }

    /// Adds the studies of another accumulator.
    ///
    /// \throws invalid_input where a `std::size_t` can't count them all; the accumulator is unchanged then
    basic_evidence_accumulator& operator+=(basic_evidence_accumulator const& other) {
        if (other.size_ == 0) {
            return *this;
        }
        if (&other == this) {
            return *this += basic_evidence_accumulator(other);
        }
        std::size_t const size = size_with(other.size_);
        for (band const& studies : other.bands_) {
            if (studies.count > 0) {
                band_at(studies.index).merge(studies);
            }
        }
        smallest_ = size_ == 0 || other.smallest_ < smallest_ ? other.smallest_ : smallest_;
        largest_ = size_ == 0 || other.largest_ > largest_ ? other.largest_ : largest_;
        size_ = size;
        return *this;
    }

    friend basic_evidence_accumulator operator+(basic_evidence_accumulator left,
                                                basic_evidence_accumulator const& right) {
        return left += right;
    }

    /// The number of studies.
    [[nodiscard]] std::size_t size() const { return size_; }
    /// One less, for the mean; 0 while there are no studies.
    [[nodiscard]] std::size_t degrees_of_freedom() const { return size_ == 0 ? 0 : size_ - 1; }
    /// The smallest and the largest variance, exactly; 0 while there are no studies.
    [[nodiscard]] Real smallest_variance() const { return smallest_; }
    [[nodiscard]] Real largest_variance() const { return largest_; }

    /// The weighted least-squares fit with relative weights `weight(variance)`.
    template <class Weight>
    [[nodiscard, gnu::always_inline]] weighted_fit<Real> fit(Real const& unit, Weight const& weight) const {
        auto total = detail::centred_sums<Real>{};
        for (band const& studies : bands_) {
            if (studies.count > 0) {
                total += studies.sums(weight);
            }
        }
        return total.fit(unit);
    }

    /// The sum over the studies of `function(variance)`, a smooth function as said above. It may have a step
    /// after the smallest variance where that is alone: it is then called with this variance itself, and with
    /// points of higher bands.
    template <class Function>
    [[nodiscard]] Real sum(Function const& function) const {
        bool const alone = smallest_variance_is_alone();
        Real total = alone ? Real(function(smallest_)) : Real(0);
        for (band const& studies : std::span(bands_).subspan(alone ? 1 : 0)) {
            if (studies.count > 0) {
                total += studies.sum(function);
            }
        }
        return total;
    }

    /// Whether the lowest band in use holds but one study. A study that has more than 0.8 of the weight, by
    /// weights 1/v or 1/(v + tau²), is always alone: any other in its band has 1/4 of its weight or more.
    [[nodiscard]] bool smallest_variance_is_alone() const {
        return !bands_.empty() && bands_.front().count == 1;
    }

    /// The accumulator as bytes, to store it or to send it to another process or site.
    ///
    /// Version 1 of the form is a sequence of 8-byte words, least significant byte first; numbers are IEEE
    /// 754 doubles, counts unsigned, indices two's complement:
    ///
    ///     "accrueEA" (in ASCII), version (1), points a band (20),
    ///     studies, smallest variance, largest variance, bands that have studies;
    ///     then for each of these bands, by increasing index b, of variances in [4^b, 4^(b+1)):
    ///     b, studies, centre c,
    ///     20 sums of shares, the 20 rounding errors that these sums still owe,
    ///     20 + 20 likewise of share (effect - c), 20 + 20 of share (effect - c)²
    ///
    /// That is 56 + 984 bytes a band. `from_bytes(a.bytes())` continues exactly where `a` was.
    [[nodiscard]] std::vector<std::byte> bytes() const
        requires std::same_as<Real, double>
    {
        auto out = detail::byte_writer{};
        out.write(signature);
        out.write(version);
        out.write(std::uint64_t{band::size});
        out.write(std::uint64_t{size_});
        out.write(smallest_);
        out.write(largest_);
        out.write(static_cast<std::uint64_t>(
            std::count_if(bands_.begin(), bands_.end(), [](band const& b) { return b.count > 0; })));
        for (band const& studies : bands_) {
            if (studies.count == 0) {
                continue;
            }
            out.write(static_cast<std::uint64_t>(std::int64_t{studies.index}));
            out.write(std::uint64_t{studies.count});
            out.write(studies.centre);
            for_each_number(studies, [&](double const number) { out.write(number); });
        }
        return std::move(out).take();
    }

    /// The accumulator that `bytes()` describes.
    ///
    /// Sums that no studies can have are refused. A change that leaves sums which other studies could have is
    /// not seen: where bytes travel far, send a checksum with them.
    ///
    /// \throws invalid_input for bytes that are no accumulator, of another version, cut short or inconsistent
    [[nodiscard]] static basic_evidence_accumulator from_bytes(std::span<std::byte const> const bytes)
        requires std::same_as<Real, double>
    {
        auto in = detail::byte_reader{bytes};
        auto const expect = [](bool const holds, std::string_view const what) {
            if (!holds) {
                throw invalid_input("bytes must hold an accumulator, but " + std::string(what));
            }
        };
        expect(in.word() == signature, "do not begin like one");
        expect(in.word() == version, "are of another version");
        expect(in.word() == band::size, "have another number of points a band");
        auto result = basic_evidence_accumulator{};
        result.size_ = in.count();
        result.smallest_ = in.number();
        result.largest_ = in.number();
        auto const bands = in.word();
        std::size_t studies = 0;
        for (std::uint64_t i = 0; i < bands; ++i) {
            auto const index = static_cast<std::int64_t>(in.word());
            expect(index >= -511 && index <= 511, "name a band that does not exist");
            expect(result.bands_.empty() || index > result.bands_.back().index, "do not have bands in order");
            band& next = result.band_at(static_cast<int>(index));
            next.count = in.count();
            next.centre = in.number();
            bool finite = detail::is_finite(next.centre);
            for_each_number(next, [&](double& number) {
                number = in.number();
                finite = finite && detail::is_finite(number);
            });
            expect(finite, "hold a sum that is not finite");
            expect(next.is_consistent(), "hold sums that no studies have");
            expect(next.count > 0 && next.count <= result.size_ - studies,
                   "disagree on the number of studies");
            studies += next.count;
        }
        expect(studies == result.size_ && in.left() == 0, "disagree on the number of studies");
        bool const bounds = studies == 0
                                ? result.smallest_ == 0 && result.largest_ == 0
                                : band::index_of(result.smallest_) == result.bands_.front().index &&
                                      band::index_of(result.largest_) == result.bands_.back().index &&
                                      result.smallest_ <= result.largest_;
        expect(bounds, "disagree on the range of variances");
        return result;
    }

  private:
    using band = detail::variance_band<Real>;

    /// The number of studies after so many more. Throws where that is more than can be counted.
    [[nodiscard]] std::size_t size_with(std::size_t const more) const {
        auto const most = (std::numeric_limits<std::size_t>::max)();
        if (more > most - size_) [[unlikely]] {
            throw invalid_input("studies must be no more than can be counted, " + std::to_string(most) +
                                ", but are " + std::to_string(size_) + " and " + std::to_string(more) +
                                " more");
        }
        return size_ + more;
    }

    /// Uses the numbers that a band's sums are made of, in the order in which they are stored.
    template <class Band, class Use>
    static void for_each_number(Band& studies, Use const& use) {
        for (auto* const sums : {&studies.ones, &studies.firsts, &studies.seconds}) {
            for (auto* const numbers : {&sums->sum, &sums->lost}) {
                std::for_each(numbers->begin(), numbers->end(), use);
            }
        }
    }

    static bool has_normal_variance(basic_estimate<Real> const& study) {
        double const least = (std::max)((std::numeric_limits<double>::min)(),
                                        static_cast<double>((std::numeric_limits<Real>::min)()));
        double const variance = static_cast<double>(study.variance);
        return variance >= least && detail::is_finite(variance);
    }
    static bool has_summable_effect(basic_estimate<Real> const& study) {
        return detail::is_finite(detail::square(Real(study.effect * Real(detail::power_of_two(36)))));
    }

    static constexpr std::uint64_t signature = 0x4145657572636361; // "accrueEA" as a little-endian word
    static constexpr std::uint64_t version = 1;

    /// Bands are kept from the lowest to the highest in use, empty ones between them included.
    band& band_at(int const index) {
        if (bands_.empty()) {
            bands_.push_back({.index = index});
        }
        while (index < bands_.front().index) {
            bands_.insert(bands_.begin(), band{.index = bands_.front().index - 1});
        }
        while (index > bands_.back().index) {
            bands_.push_back({.index = bands_.back().index + 1});
        }
        return bands_[static_cast<std::size_t>(index - bands_.front().index)];
    }

    std::vector<band> bands_;
    std::size_t size_ = 0;
    Real smallest_ = Real(0);
    Real largest_ = Real(0);
};

using evidence_accumulator = basic_evidence_accumulator<double>;

} // namespace accrue
