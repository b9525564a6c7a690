// Numbers side by side: what a pack computes is what one number does, however many it holds.

#include "support/relative.hpp"
#include <accrue/evidence/detail/pack.hpp>
#include <accrue/evidence/detail/study_sums.hpp>
#include <accrue/evidence/evidence.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace accrue::test_evidence_packs {
namespace {

using detail::pack;
using detail::plain_vector;

template <class Numbers>
class Packs : public testing::Test {};
using every_pack = testing::Types<pack<detail::two_doubles>, pack<plain_vector<double, 2>>,
                                  pack<plain_vector<double, 4>>, pack<plain_vector<double, 8>>>;
TYPED_TEST_SUITE(Packs, every_pack, );

template <class Pack>
Pack of(double const first, double const others) {
    auto numbers = std::vector<double>(Pack::width, others);
    numbers[0] = first;
    return Pack::load(numbers.data());
}

TYPED_TEST(Packs, CompareNumberByNumber) {
    for (double const a : {-1.0, 0.0, 2.0}) {
        for (double const b : {-1.0, 0.0, 2.0}) {
            auto const x = of<TypeParam>(a, 0);
            auto const y = of<TypeParam>(b, -1);
            EXPECT_EQ((x < y)[0], a < b) << a << " " << b;
            EXPECT_EQ((x > y)[0], a > b) << a << " " << b;
            EXPECT_EQ((x <= y)[0], a <= b) << a << " " << b;
            EXPECT_FALSE((x < y)[1]);
            EXPECT_TRUE((x > y)[1]);
            EXPECT_FALSE((x <= y)[1]);
            EXPECT_EQ((x > y).everywhere(), a > b);
            EXPECT_EQ(((x > y) & (y > x))[0], false);
            EXPECT_EQ(((x > y) | (y > x))[0], a < b || a > b);
        }
    }
}

TYPED_TEST(Packs, CalculateNumberByNumber) {
    auto a = std::vector<double>{};
    auto b = std::vector<double>{};
    for (std::size_t i = 0; i < TypeParam::width; ++i) {
        a.push_back(0.7 + static_cast<double>(i));
        b.push_back(3.1 - 2 * static_cast<double>(i));
    }
    auto const x = TypeParam::load(a.data());
    auto const y = TypeParam::load(b.data());
    auto sum = x;
    sum += y;
    auto difference = x;
    difference -= y;
    for (std::size_t i = 0; i < TypeParam::width; ++i) {
        EXPECT_EQ((x + y).numbers[i], a[i] + b[i]);
        EXPECT_EQ((x - y).numbers[i], a[i] - b[i]);
        EXPECT_EQ((x * y).numbers[i], a[i] * b[i]);
        EXPECT_EQ((x / y).numbers[i], a[i] / b[i]);
        EXPECT_EQ(sum.numbers[i], a[i] + b[i]);
        EXPECT_EQ(difference.numbers[i], a[i] - b[i]);
    }
}

// Some studies are left over from the last full pack; more than 256 are summed in blocks.
TYPED_TEST(Packs, SumStudiesOfAnyNumber) {
    auto studies = std::vector<estimate>{};
    auto extended = std::vector<basic_estimate<long double>>{};
    while (studies.size() < 270) {
        auto const i = static_cast<double>(studies.size());
        studies.push_back({3 + std::sin(i), 0.01 + 0.2 * std::abs(std::cos(3 * i))});
        extended.push_back({studies.back().effect, studies.back().variance});
        if (studies.size() < 25 || studies.size() > 250) {
            auto const weight = detail::inverse_variance_weight<double>{0.05, 0.02};
            auto const found =
                detail::study_sums<double, decltype(weight), TypeParam>::of(studies, weight).fit(0.05);
            auto const expected = detail::as_evidence(extended).fit(
                0.05L, [](long double const v) -> long double { return 0.05L / (v + 0.02L); });
            EXPECT_EQ(found.k, studies.size());
            EXPECT_RELATIVE(found.mean, expected.mean, 1e-14) << studies.size();
            EXPECT_RELATIVE(found.weights, expected.weights, 1e-14) << studies.size();
            EXPECT_RELATIVE(found.squared_weights, expected.squared_weights, 1e-14) << studies.size();
            EXPECT_RELATIVE(found.squares, expected.squares, 1e-13, 1e-30) << studies.size();
            EXPECT_RELATIVE(found.weighted_squares, expected.weighted_squares, 1e-13, 1e-30)
                << studies.size();
        }
    }
}

} // namespace
} // namespace accrue::test_evidence_packs
