// Tables are read alike in every locale.

#include "csv.hpp"
#include "support/other_locale.hpp"

#include <gtest/gtest.h>

namespace {

TEST(Tables, AreReadAlikeInEveryLocale) {
    auto const here = accrue::test::other_locale();
#ifdef ACCRUE_LOCALES
    EXPECT_TRUE(here.reaches_the_c_library());
#endif
    auto const points = command::table("yi,vi\n1.5,1e-3\n-1234.5,0.25\n", "points", {});
    EXPECT_EQ(points.number(0, 0), 1.5);
    EXPECT_EQ(points.number(0, 1), 1e-3);
    EXPECT_EQ(points.number(1, 0), -1234.5);
    auto const commas = command::table("yi;vi\n1,5;1e-3\n-1234,5;0,25\n", "commas",
                                       {.delimiter = ';', .decimal_comma = true});
    EXPECT_EQ(commas.number(0, 0), 1.5);
    EXPECT_EQ(commas.number(1, 0), -1234.5);
    EXPECT_EQ(commas.number(1, 1), 0.25);
    EXPECT_THROW((void)command::table("yi\n1,5x\n", "neither", {}).number(0, 0), command::bad_input);
}

} // namespace
