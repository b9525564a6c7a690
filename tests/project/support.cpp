// The tests' own tools: a comparison that cannot fail would make every golden test worthless.

#include "support/relative.hpp"
#include "support/table.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>

namespace {

using accrue::test::relative_within;
using accrue::test::table;

auto constexpr nan = std::numeric_limits<double>::quiet_NaN();
auto constexpr infinity = std::numeric_limits<double>::infinity();

auto agree(double actual, double expected, double tolerance, double floor = 0.0) -> bool {
    return bool(relative_within(tolerance, floor)("actual", "expected", actual, expected));
}

TEST(relative_comparison, is_relative_to_the_expected_value) {
    EXPECT_TRUE(agree(1e300 * (1 + 1e-12), 1e300, 2e-12));
    EXPECT_FALSE(agree(1e300 * (1 + 3e-12), 1e300, 2e-12));
    EXPECT_TRUE(agree(-1e-300 * (1 + 1e-12), -1e-300, 2e-12));
    EXPECT_FALSE(agree(1e-300, -1e-300, 0.5));
    EXPECT_FALSE(agree(0.0, 1e-300, 0.5));
}

TEST(relative_comparison, takes_zero_as_exact_unless_a_floor_is_given) {
    EXPECT_TRUE(agree(0.0, 0.0, 0.0));
    EXPECT_FALSE(agree(1e-18, 0.0, 1e-3));
    EXPECT_TRUE(agree(1e-18, 0.0, 1e-3, 1e-17));
    EXPECT_FALSE(agree(1e-16, 0.0, 1e-3, 1e-17));
}

TEST(relative_comparison, matches_undefined_and_infinite_values_with_themselves_only) {
    EXPECT_TRUE(agree(nan, nan, 0.0));
    EXPECT_FALSE(agree(nan, 1.0, 1e9, 1e9));
    EXPECT_FALSE(agree(1.0, nan, 1e9, 1e9));
    EXPECT_TRUE(agree(infinity, infinity, 0.0));
    EXPECT_FALSE(agree(infinity, -infinity, 1e9, 1e9));
    EXPECT_FALSE(agree(1e308, infinity, 1e9, 1e9));
    EXPECT_FALSE(agree(infinity, 1e308, 1e9, infinity));
    EXPECT_FALSE(agree(nan, infinity, 1e9, 1e9));
}

TEST(relative_comparison, compares_integers_as_numbers) {
    EXPECT_RELATIVE(3, 3, 0.0);
    EXPECT_RELATIVE(3, 3.0, 0.0);
    EXPECT_FALSE(relative_within(0.01)("a", "b", 99, 100.0 + 1.1));
}

TEST(relative_comparison, prints_all_digits_and_the_error) {
    EXPECT_NONFATAL_FAILURE(EXPECT_RELATIVE(0.1 + 0.2, 0.3, 1e-17), "3.0000000000000004e-01");
    EXPECT_NONFATAL_FAILURE(EXPECT_RELATIVE(0.1 + 0.2, 0.3, 1e-17), "2.9999999999999999e-01");
    EXPECT_NONFATAL_FAILURE(EXPECT_RELATIVE(101, 100.0, 1e-3), "relative error 1.000e-02");
}

class table_reader : public ::testing::Test {
  protected:
    // One file a case: CTest runs the cases at the same time.
    table_reader()
        : file_(std::filesystem::temp_directory_path() /
                (std::string("accrue_") + ::testing::UnitTest::GetInstance()->current_test_info()->name() +
                 ".csv")) {}
    ~table_reader() override { std::filesystem::remove(file_); }

    auto read(std::string const& content) const -> table {
        std::ofstream(file_) << content;
        return table(file_);
    }

  private:
    std::filesystem::path file_;
};

TEST_F(table_reader, reaches_fields_by_column_name) {
    auto const t = read("name,x,y\na,1,2.5\r\nb,-3e-5,+4\n");
    ASSERT_EQ(t.size(), 2u);
    EXPECT_EQ(t[0].text("name"), "a");
    EXPECT_DOUBLE_EQ(t[0].number("y"), 2.5);
    EXPECT_DOUBLE_EQ(t[1].number("x"), -3e-5);
    EXPECT_DOUBLE_EQ(t[1].number("y"), 4.0);
    EXPECT_EQ(t.numbers("x").size(), 2u);
    EXPECT_TRUE(t.has("y"));
    EXPECT_FALSE(t.has("z"));
    EXPECT_THROW(t[0].text("z"), std::out_of_range);
}

TEST_F(table_reader, understands_missing_and_infinite_values) {
    auto const t = read("x\nNA\nInf\n-Inf\n");
    EXPECT_TRUE(t[0].missing("x"));
    EXPECT_TRUE(std::isnan(t[0].number("x")));
    EXPECT_RELATIVE(t[1].number("x"), infinity, 0.0);
    EXPECT_RELATIVE(t[2].number("x"), -infinity, 0.0);
}

TEST_F(table_reader, understands_quotes) {
    auto const t = read("label,x\n\"Hart, 1977\",1\n\"the \"\"first\"\"\",2\n\"\",3\n");
    EXPECT_EQ(t[0].text("label"), "Hart, 1977");
    EXPECT_EQ(t[1].text("label"), "the \"first\"");
    EXPECT_EQ(t[2].text("label"), "");
}

TEST_F(table_reader, refuses_what_is_no_number_and_names_the_place) {
    auto const t = read("x,y\n1,\n2,1.5x\n");
    EXPECT_THROW(t[0].number("y"), std::invalid_argument);
    try {
        t[1].number("y");
        FAIL() << "1.5x was read as a number";
    } catch (std::invalid_argument const& error) {
        EXPECT_NE(std::string(error.what()).find(".csv:3, column y: '1.5x'"), std::string::npos)
            << error.what();
    }
}

TEST_F(table_reader, refuses_ragged_rows_and_absent_files) {
    EXPECT_THROW(read("x,y\n1\n"), std::runtime_error);
    EXPECT_THROW(table("/no/such/file.csv"), std::runtime_error);
}

TEST_F(table_reader, selects_rows) {
    auto const t = read("m,k,x\nDL,1,5\nDL,2,6\nPM,1,7\n");
    EXPECT_DOUBLE_EQ(t.where("m", "DL").where("k", "2").only().number("x"), 6.0);
    EXPECT_EQ(t.where("m", "DL").size(), 2u);
    EXPECT_TRUE(t.where("m", "EB").empty());
    EXPECT_THROW(t.where("m", "DL").only(), std::runtime_error);
    EXPECT_THROW(t.where("m", "EB").only(), std::runtime_error);
}

} // namespace
