// What the reader promises: any table survives being written and read, however it is written; and what cannot
// be read ends with words that name the place, never with a crash or a number.

#include "csv.hpp"
#include "program.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace accrue::test {
namespace {

using rows = std::vector<std::vector<std::string>>;

/// How a table can be written without meaning anything else.
struct dialect {
    std::string delimiter = ",";
    std::string line_end = "\n";
    std::string before{};
    bool quotes_all = false;
    bool ends_last_line = true;
};

std::string written(rows const& table, dialect const& how = {}) {
    auto text = how.before;
    for (std::size_t i = 0; i < table.size(); ++i) {
        for (std::size_t j = 0; j < table[i].size(); ++j) {
            auto cell = table[i][j];
            // A line of one empty cell would be a line without anything.
            if (how.quotes_all || cell.find_first_of(",;\t\"\r\n") != std::string::npos ||
                table[i].size() == 1) {
                auto quoted = std::string("\"");
                for (char const c : cell) {
                    quoted += c == '"' ? "\"\"" : std::string(1, c);
                }
                cell = quoted + "\"";
            }
            text += (j == 0 ? "" : how.delimiter) + cell;
        }
        text += i + 1 < table.size() || how.ends_last_line ? how.line_end : "";
    }
    return text;
}

std::string without_blanks(std::string const& text) {
    auto const first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

RC_GTEST_PROP(Reading, GivesBackWhatWasWritten, ()) {
    auto const columns = *rc::gen::inRange<std::size_t>(1, 6);
    auto table = rows{{}};
    for (std::size_t j = 0; j < columns; ++j) {
        table[0].push_back("column " + std::to_string(j));
    }
    auto const cell =
        rc::gen::container<std::string>(rc::gen::element('a', '1', ',', ';', '\t', '"', '\n', '\r', ' '));
    auto const count = *rc::gen::inRange<std::size_t>(1, 8);
    for (std::size_t i = 0; i < count; ++i) {
        table.push_back(*rc::gen::container<std::vector<std::string>>(columns, cell));
    }
    auto const how = dialect{.delimiter = *rc::gen::element<std::string>(",", ";", "\t"),
                             .line_end = *rc::gen::element<std::string>("\n", "\r\n", "\r"),
                             .before = *rc::gen::element<std::string>("", "\xEF\xBB\xBF", "\n\r\n"),
                             .quotes_all = *rc::gen::arbitrary<bool>(),
                             .ends_last_line = *rc::gen::arbitrary<bool>()};
    auto const read = command::table(written(table, how), "test",
                                     {.delimiter = how.delimiter[0], .decimal_comma = false, .renamed = {}});
    RC_ASSERT(read.header() == table[0]);
    RC_ASSERT(read.rows() == count);
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            RC_ASSERT(read.text(i, j) == without_blanks(table[i + 1][j]));
        }
    }
}

// Qualifies: TABLE-1
RC_GTEST_PROP(Reading, OfAnyBytesIsATableOrAMessage, ()) {
    auto const bytes = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element(',', ';', '"', '\n', '\r', '1', 'a'), rc::gen::arbitrary<char>()));
    try {
        auto const read = command::table(bytes, "test", {});
        for (std::size_t i = 0; i < read.rows(); ++i) {
            for (std::size_t j = 0; j < read.header().size(); ++j) {
                (void)read.text(i, j);
            }
        }
    } catch (command::bad_input const& error) {
        RC_ASSERT(std::string(error.what()).find("test, line ") == 0);
    }
}

rows const trials = {{"study", "ai", "n1i", "ci", "n2i", "alloc"},
                     {"Aronson, 1948", "4", "123", "11", "139", "random"},
                     {"\"Stein\"", "180", "1541", "372", "1451", "other"},
                     {"Żółć 1960", "3.5", "231", "11", "220", "random"},
                     {"D", "62", "13598", "248", "12867", "other"},
                     {"E", "33", "5069", "47", "5808", "random"}};

nlohmann::json pooled(std::string const& text, std::string const& options = "") {
    auto const result = run_accrue("pool " + file_of(text) + " --measure RR --json - " + options);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return result.exit_code == 0 ? result.json() : nlohmann::json();
}

TEST(Reading, BlanksAtEitherEndOfACellDoNotCount) {
    auto const read = [](std::string const& text) { return command::table(text, "test", {}); };
    for (std::string const cell : {"B", " B", "B ", "\tB  ",
                                   "\xC2\xA0"
                                   "B",
                                   "B \xC2\xA0 ", "\" B \""}) {
        EXPECT_EQ(read("study,yi\n" + cell + ",0.1\n").text(0, 0), "B") << cell;
    }
    EXPECT_EQ(read("yi,vi\n\xC2\xA0"
                   "0.1,1\n")
                  .number(0, 0),
              0.1);
    // A no-break space of which half is there would be no text in UTF-8: it stays a letter's part.
    EXPECT_EQ(read("study,yi\n\xC3\xA0,0.1\n").text(0, 0), "\xC3\xA0");
}

TEST(Reading, LabelsThatDifferInBlanksAreOne) {
    auto const effects =
        std::string("study,yi,vi\nA,0.1,0.02\nA ,0.3,0.03\nB,0.5,0.02\n C,0.2,0.04\nC,0.4,0.03\n");
    auto const result = run_accrue("pool " + file_of(effects) + " --cluster study --model reml,t --json -");
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_EQ(result.json()["levels"]["clusters"], 3);
}

TEST(Reading, AFirstLineMaySayWhatSeparatesCells) {
    for (std::string const end : {"\n", "\r\n"}) {
        auto const read = command::table("sep=;" + end + "study;yi" + end + "A, first;0.1" + end, "test", {});
        EXPECT_EQ(read.rows(), 1U);
        EXPECT_EQ(read.text(0, 0), "A, first");
        EXPECT_EQ(read.number(0, 1), 0.1);
        // Lines are counted as they stand in the file.
        try {
            (void)command::table("sep=;" + end + "study;yi" + end + "A" + end, "test", {});
            ADD_FAILURE();
        } catch (command::bad_input const& error) {
            EXPECT_EQ(std::string(error.what()), "test, line 3: there is 1 cell where the header names 2 "
                                                 "columns (cells are separated by ';')");
        }
    }
}

TEST(Reading, OfTotalsBesideNonEventsAndVariancesBesideErrorsIsOfTheFormer) {
    auto const effect_of = [](std::string const& text, std::string const& measure) {
        auto const result = run_accrue("pool " + file_of(text) + " --measure " + measure + " --json -");
        EXPECT_EQ(result.exit_code, 0) << result.errors;
        return result.json()["pooled"]["effect"].get<double>();
    };
    EXPECT_EQ(effect_of("ai,bi,n1i,ci,di,n2i\n3,1,20,5,1,20\n4,9,30,9,9,30\n", "RR"),
              effect_of("ai,n1i,ci,n2i\n3,20,5,20\n4,30,9,30\n", "RR"));
    EXPECT_EQ(effect_of("yi,sei,vi\n0.1,9,0.04\n0.4,1,0.02\n", "GEN"),
              effect_of("yi,vi\n0.1,0.04\n0.4,0.02\n", "GEN"));
}

TEST(Reading, TheHeaderIsTheLineThatItIs) {
    auto const message = [](std::string const& text) {
        try {
            (void)command::table(text, "test", {}).place_of("vi");
        } catch (command::bad_input const& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(message("study;yi\nA;1\n").find("test, line 1: "), 0U);
    EXPECT_EQ(message("sep=;\nstudy;yi\nA;1\n").find("test, line 2: "), 0U);
    EXPECT_EQ(message("\n\nyi;yi\n1;1\n").find("test, line 3: "), 0U);
}

TEST(Reading, WhatIsAddedToCellsIsRefusedWhereNothingIs) {
    auto const file = file_of(written(trials));
    for (std::string const measure : {"AS", "PHI"}) {
        auto const result = run_accrue("pool " + file + " --add 2 --measure " + measure);
        EXPECT_EQ(result.exit_code, 2) << measure;
        EXPECT_NE(result.errors.find("--add is for measures of tables with a zero, but " + measure +
                                     " adds nothing to any"),
                  std::string::npos)
            << result.errors;
    }
    EXPECT_EQ(run_accrue("pool " + file + " --add 2 --measure RR").exit_code, 0);
}

TEST(Reading, DoesNotDependOnHowATableIsWritten) {
    auto const expected = pooled(written(trials));
    for (auto const& how :
         {dialect{.line_end = "\r\n"}, dialect{.before = "\xEF\xBB\xBF"}, dialect{.delimiter = ";"},
          dialect{.delimiter = "\t"}, dialect{.line_end = "\n\n"}, dialect{.quotes_all = true},
          dialect{.ends_last_line = false}}) {
        EXPECT_EQ(pooled(written(trials, how)), expected);
    }
    auto with_comma = trials;
    with_comma[3][1] = "3,5";
    EXPECT_EQ(pooled(written(with_comma, {.delimiter = ";"}), "--decimal-comma"), expected);
    EXPECT_EQ(pooled(written(with_comma), "--decimal-comma"), expected);
    auto renamed = trials;
    renamed[0] = {"study", "dead", "given", "dead without", "not given", "alloc"};
    EXPECT_EQ(pooled(written(renamed), "--columns 'ai=dead,n1i=given,ci=dead without,n2i=not given'"),
              expected);
    auto reversed = rows();
    for (auto const& row : trials) {
        reversed.emplace_back(row.rbegin(), row.rend());
    }
    EXPECT_EQ(pooled(written(reversed)), expected);
    auto spaced = trials;
    spaced[1][1] = " +4\t";
    EXPECT_EQ(pooled(written(spaced)), expected);
    auto counts = trials;
    counts[0] = {"study", "ai", "bi", "ci", "di", "alloc"};
    for (std::size_t i = 1; i < counts.size(); ++i) {
        for (std::size_t const j : {2U, 4U}) {
            auto text = std::to_string(std::stod(trials[i][j]) - std::stod(trials[i][j - 1]));
            counts[i][j] = text;
        }
    }
    EXPECT_EQ(pooled(written(counts)), expected);
}

TEST(Reading, DoesNotDependOnTheLocale) {
    auto const file = file_of(written(trials));
    auto const expected = run_accrue("pool " + file + " --measure RR --by alloc --json -");
    for (auto const* const locale :
         {"LC_ALL=de_DE.UTF-8", "LC_ALL=C", "LC_ALL=fr_FR.UTF-8 LC_NUMERIC=fr_FR.UTF-8"}) {
        EXPECT_EQ(run_accrue("pool " + file + " --measure RR --by alloc --json -", locale).output,
                  expected.output);
    }
}

TEST(Reading, OfTheStandardInputIsThatOfAFile) {
    auto const file = file_of(written(trials));
    auto const result = run_accrue("pool - --measure RR --json - <" + file);
    ASSERT_EQ(result.exit_code, 0) << result.errors;
    EXPECT_EQ(result.json(), pooled(written(trials)));
}

TEST(Reading, LeavesOutRowsWithoutANumberOnlyWhenAsked) {
    auto missing = trials;
    missing[2][3] = "NA";
    auto const file = file_of(written(missing));
    auto const refused = run_accrue("pool " + file + " --measure RR");
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.errors.find("line 3, column 'ci': there is no number"), std::string::npos)
        << refused.errors;
    auto const result = pooled(written(missing), "--skip-missing");
    EXPECT_EQ(result["pooled"]["k"], 4);
    EXPECT_EQ(result["sentences"][0], "1 row was left out, as asked: without a number, or without events.");
}

// Of any column that the analysis takes numbers from.
TEST(Reading, LeavesOutRowsWithoutAYearOrModeratorWhenAsked) {
    auto const file = file_of("study,yi,vi,year,dose\nA,0.4,0.1,2003,1\nB,0.1,0.1,,2\nC,0.2,0.1,2001,NA\n"
                              "D,0.3,0.1,2002,4\nE,0.7,0.2,2000,5\n");
    EXPECT_EQ(run_accrue("pool " + file + " --order year").exit_code, 1);
    auto const ordered = run_accrue("pool " + file + " --order year --skip-missing --json -");
    ASSERT_EQ(ordered.exit_code, 0) << ordered.errors;
    EXPECT_EQ(ordered.json()["studies"]["name"], (std::vector<std::string>{"E", "C", "D", "A"}));
    EXPECT_EQ(ordered.json()["sentences"][0],
              "1 row was left out, as asked: without a number, or without events.");
    if (run_accrue("regress --help").exit_code != 0) {
        return; // built without Eigen
    }
    auto const regressed = run_accrue("regress " + file + " --on dose --order year --skip-missing --json -");
    ASSERT_EQ(regressed.exit_code, 0) << regressed.errors;
    EXPECT_EQ(regressed.json()["regression"]["k"], 3);
}

// Also where the measure needs no correction, or can't be had of such trials.
TEST(Reading, SaysWhichNamesOfColumnsNothingAsksFor) {
    auto const file = file_of("trial,ai,n1i,ci,n2i,when,kind\nA,1,20,4,20,2001,x\nB,2,30,5,30,2003,y\n"
                              "C,4,40,9,40,2002,x\nD,3,50,8,50,2005,y\n");
    auto const remarks = [&](std::string const& command, std::string const& options) {
        auto const result = run_accrue(command + " " + file + " --measure RR --json - " + options);
        EXPECT_EQ(result.exit_code, 0) << result.errors;
        auto count = 0;
        auto const found = result.json();
        for (auto const& sentence : found["sentences"]) {
            count +=
                sentence.get<std::string>().find("is not used: no column is looked for") != std::string::npos;
        }
        return count;
    };
    for (std::string const command : {"pool", "bias", "monitor --anytime --initial-tau2 0.02 --effect 0.8"}) {
        EXPECT_EQ(remarks(command, "--columns slab=trial,ai=ai"), 0) << command;
        EXPECT_EQ(remarks(command, "--order year --columns year=when"), 0) << command;
        EXPECT_EQ(remarks(command, "--columns aii=ai,year=when"), 2) << command;
    }
    EXPECT_EQ(remarks("pool", "--by group --columns group=kind"), 0);
    EXPECT_EQ(remarks("pool", "--columns group=kind"), 1);
}

TEST(Reading, LeavesOutTrialsWithoutEventsOfAnyMeasure) {
    auto const events = file_of("study,ai,n1i,ci,n2i\nA,0,20,0,20\nB,2,30,5,30\nC,4,40,9,40\n");
    for (std::string const measure :
         {"RR", "OR", "RD", "AS", "PETO", "PHI", "YUQ", "YUY", "PBIT", "OR2DL", "OR2DN"}) {
        auto const result =
            run_accrue("pool " + events + " --measure " + measure + " --drop-double-zeros --json -");
        ASSERT_EQ(result.exit_code, 0) << measure << result.errors;
        EXPECT_EQ(result.json()["studies"]["name"], (std::vector<std::string>{"B", "C"})) << measure;
        EXPECT_EQ(result.json()["sentences"][0],
                  "1 row was left out, as asked: without a number, or without events.");
    }
    auto const rates = file_of("study,x1i,t1i,x2i,t2i\nA,0,20,0,20\nB,2,30,5,30\nC,4,40,9,40\n", "rates.csv");
    for (std::string const measure : {"IRR", "IRD", "IRSD"}) {
        EXPECT_EQ(run_accrue("pool " + rates + " --measure " + measure + " --drop-double-zeros --json -")
                      .json()["pooled"]["k"],
                  2)
            << measure;
    }
    EXPECT_EQ(run_accrue("pool " + file_of("study,ai,n1i,ci,n2i\nA,0,20,0,20\n", "none.csv") +
                         " --measure RR --drop-double-zeros")
                  .exit_code,
              1);
}

// Peto's method has no variance of such a trial unless something is added.
TEST(Reading, AddsToTheCellsOfPetoWhatIsAskedFor) {
    auto const file = file_of("study,ai,n1i,ci,n2i\nA,0,20,0,20\nB,2,30,5,30\nC,4,40,9,40\n");
    auto const variance = [&](std::string const& option) {
        return run_accrue("pool " + file + " --measure PETO --json - " + option)
            .json()["studies"]["variance"][0]
            .get<double>();
    };
    EXPECT_GT(variance(""), 1.5 * variance("--add 1"));
    EXPECT_EQ(variance(""), variance("--add 0.5"));
    EXPECT_EQ(run_accrue("pool " + file + " --measure PETO --add 0").exit_code, 1);
}

/// A table with a fault, and where the message has to say that it is.
struct broken {
    std::string text;
    std::string options;
    std::string place;
};

/// A sound table of a measure, and what its columns are.
struct sound {
    std::string options;
    std::vector<std::string> header;
    std::vector<char> kinds; ///< n a label, c a count, t a total, p positive, x any number, r a correlation
};

std::vector<sound> const tables = {
    {"--measure RR", {"study", "ai", "n1i", "ci", "n2i"}, {'n', 'c', 't', 'c', 't'}},
    {"--measure OR", {"study", "ai", "bi", "ci", "di"}, {'n', 'c', 'c', 'c', 'c'}},
    {"--measure SMD",
     {"study", "n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i"},
     {'n', 't', 'x', 'p', 't', 'x', 'p'}},
    {"--measure IRR", {"study", "x1i", "t1i", "x2i", "t2i"}, {'n', 'c', 't', 'c', 't'}},
    {"--measure ZCOR", {"study", "ri", "ni"}, {'n', 'r', 't'}},
    {"--measure GEN", {"study", "yi", "vi"}, {'n', 'x', 'p'}},
    {"--measure LOG", {"study", "yi", "sei"}, {'n', 'x', 'p'}}};

template <class Value>
Value one_of(std::mt19937& random, std::vector<Value> const& values) {
    return values[random() % values.size()];
}

rows sound_table(sound const& kind, std::mt19937& random) {
    auto table = rows{kind.header};
    std::size_t const count = 3 + random() % 8;
    for (std::size_t i = 0; i < count; ++i) {
        auto& row = table.emplace_back();
        for (char const each : kind.kinds) {
            row.push_back(each == 'n'   ? "Study " + std::to_string(i + 1)
                          : each == 'c' ? std::to_string(1 + random() % 40)
                          : each == 't' ? std::to_string(50 + random() % 400)
                          : each == 'p' ? "0." + std::to_string(1 + random() % 9)
                          : each == 'r' ? "0." + std::to_string(random() % 9)
                                        : "-1." + std::to_string(random() % 99));
        }
    }
    return table;
}

std::string line(std::size_t const row) {
    return "line " + std::to_string(row + 1);
}

/// One fault in a sound table; the place is the line, and the column where it is in a cell.
broken with_fault(std::size_t const number, std::mt19937& random) {
    auto const& kind = tables[number % tables.size()];
    auto table = sound_table(kind, random);
    std::size_t const row = 1 + random() % (table.size() - 1);
    std::size_t const column = 1 + random() % (kind.header.size() - 1);
    auto& cell = table[row][column];
    auto const in_cell = line(row) + ", column '" + kind.header[column] + "'";
    auto const how = dialect{.line_end = one_of<std::string>(random, {"\n", "\r\n"})};
    auto const spoilt = [&](std::string text, std::string const& from, std::string const& to) {
        auto const at = text.find(from);
        return text.replace(at, from.size(), to);
    };
    switch (number % 13) {
    case 0:
        cell = one_of<std::string>(random, {"abc", "12 apples", "1.2.3", "0x1F", "--5", "+-5", "-", "1e", "٣",
                                            "1 000", "1'000", "<5", "5%", "1/2", "=A1", "#REF!", "4.5)", "e5",
                                            "1e5.5"});
        return {written(table, how), kind.options, in_cell};
    case 1:
        cell = one_of<std::string>(random, {"", " ", "NA", "."});
        return {written(table, how), kind.options, in_cell};
    case 2:
        cell = one_of<std::string>(random, {"NaN", "nan", "inf", "-Inf", "infinity", "1e999", "-1e999"});
        return {written(table, how), kind.options, in_cell};
    case 3:
        cell = one_of<std::string>(random, {"1,5", "1,234"});
        return {written(table, how), kind.options, in_cell};
    case 4: {
        std::size_t const place = kind.kinds[column] == 'x' ? kind.kinds.size() - 1 : column;
        table[row][place] = kind.kinds[place] == 'r' ? "1.5" : "-3";
        return {written(table, how), kind.options, line(row) + ", column '" + kind.header[place] + "'"};
    }
    case 5:
        table[row].pop_back();
        return {written(table, how), kind.options, line(row)};
    case 6:
        table[row].emplace_back("5");
        return {written(table, how), kind.options, line(row)};
    case 7:
        cell = "QUOTE";
        return {spoilt(written(table, how), "QUOTE", "\"12"), kind.options, line(row)};
    case 8:
        cell = "QUOTE";
        return {
            spoilt(written(table, how), "QUOTE", one_of<std::string>(random, {"\"12\"3", "1\"2", "\"1\" "})),
            kind.options, line(row)};
    case 9:
        cell = "BYTES";
        return {spoilt(written(table, how), "BYTES",
                       one_of<std::string>(random, {"\xFF", "\xC3", "\xE9t\xE9", std::string("1\0", 2),
                                                    "\xED\xA0\x80", "\xC0\xAF", "\xF5\x80\x80\x80"})),
                kind.options, line(row)};
    case 10:
        table[0][column] = one_of<std::string>(random, {"", "AI", "other"});
        // Where there is no sei, it is vi that is asked for.
        return {written(table, how), kind.options,
                line(0) + ": there is no column '" +
                    (kind.header[column] == "sei" ? std::string("vi") : kind.header[column])};
    case 11: {
        auto const name = table[0][column];
        for (auto& each : table) {
            each.push_back(each[column]);
        }
        return {written(table, how), kind.options, line(0) + ": columns "};
    }
    default:
        table.resize(number % 2);
        return {written(table, how), kind.options, line(number % 2)};
    }
}

// Qualifies: TABLE-1
TEST(BrokenTables, EndWithAMessageThatNamesThePlace) {
    auto random = std::mt19937(20240611);
    for (std::size_t number = 0; number < 260; ++number) {
        auto const [text, options, place] = with_fault(number, random);
        SCOPED_TRACE("table " + std::to_string(number) + "\n" + text);
        auto const file = file_of(text);
        auto const result = run_accrue("pool " + file + " " + options);
        EXPECT_EQ(result.exit_code, 1) << result.output;
        EXPECT_EQ(result.output, "");
        EXPECT_NE(result.errors.find(place), std::string::npos)
            << "instead of '" << place << "': " << result.errors;
        EXPECT_NE(result.errors.find("input.csv"), std::string::npos) << result.errors;
    }
}

TEST(BrokenTables, AreFoundOnlyWhereSomethingIsBroken) {
    auto random = std::mt19937(5);
    for (std::size_t number = 0; number < 3 * tables.size(); ++number) {
        auto const& kind = tables[number % tables.size()];
        auto const result =
            run_accrue("pool " + file_of(written(sound_table(kind, random))) + " " + kind.options);
        EXPECT_EQ(result.exit_code, 0) << result.errors;
        EXPECT_EQ(result.errors, "");
    }
}

TEST(BrokenTables, WithMoreEventsThanParticipantsNameTheColumn) {
    auto const result =
        run_accrue("pool " + file_of("study,ai,n1i,ci,n2i\nA,5,9,1,8\nB,12,9,1,8\n") + " --measure RR");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.errors.find("line 3, column 'ai': must be at most the total of the group, 9, but is 12"),
              std::string::npos)
        << result.errors;
}

TEST(BrokenTables, InUtf16AreSaidToBeNoUtf8) {
    auto const result = run_accrue("pool " + file_of(std::string("\xFF\xFEy\0i\0", 6)));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.errors.find("line 1: this is not text in UTF-8"), std::string::npos) << result.errors;
}

// Participants are asked for by the clock alone.
TEST(BrokenTables, WithoutParticipantsArePooledButNotMonitored) {
    auto const file = file_of("study,yi,vi,ni\nA,0.1,0.2,10\nB,0.3,0.1,NA\n");
    EXPECT_EQ(run_accrue("pool " + file).exit_code, 0);
    auto const result = run_accrue("monitor " + file + " --effect 0.3");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.errors.find("line 3: there is no number of participants above 0 for the clock"),
              std::string::npos)
        << result.errors;
    EXPECT_EQ(
        run_accrue("monitor " + file + " --effect 0.3 --clock information --boundaries exact").exit_code, 0);
}

TEST(BrokenTables, WithoutParticipantsMakeNoProgramEither) {
    auto const file = file_of("study,yi,vi,ni\nA,0.1,0.2,10\nB,0.3,0.1,NA\n");
    auto const result = run_accrue("monitor " + file + " --effect 0.3 --cpp");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.errors.find("line 3: there is no number of participants"), std::string::npos)
        << result.errors;
}

TEST(BrokenTables, ThatAreFoldersAreSaidToBe) {
    auto const result = run_accrue("pool .");
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_NE(result.errors.find("which is a folder"), std::string::npos) << result.errors;
}

// A line break in quotes belongs to its cell; what comes later is on a line further down.
TEST(BrokenTables, CountLineEndsInQuotes) {
    auto const result = run_accrue("pool " + file_of("study,yi,vi\n\"A\nand B\",0.1,0.2\n\nC,abc,0.1\n"));
    EXPECT_NE(result.errors.find("line 5, column 'yi': must be a number, but is 'abc'"), std::string::npos)
        << result.errors;
}

TEST(Options, ThatMakeNoSenseEndWithTheirOwnCode) {
    auto const file = file_of(written(trials));
    auto const plan = "monitor " + file + " --measure RR --effect 0.8 --control-risk 0.1 --boundaries exact ";
    for (auto const& arguments : std::vector<std::string>{
             "",
             "pool",
             "nothing",
             "pool " + file + " --measure XX",
             "pool " + file + " --measure RR --model xx",
             "pool " + file + " --measure RR --model reml,xx",
             "pool " + file + " --nothing",
             "pool " + file + " --measure RR --level abc",
             "pool " + file + " --columns ai",
             "monitor " + file + " --measure RR",
             "monitor " + file + " --measure RR --effect 0.8",
             "size --measure MD --effect 1",
             "pool " + file + " --measure RR --level 95",
             "size --measure SMD --effect 0",
             "size --measure RR --effect 2 --control-risk 0.6",
             "size --measure SMD --effect 1 --power 0.01",
             "monitor " + file + " --measure RR --effect 0.8 --control-risk 0.1 --spending kd:x",
             "pool " + file + " --measure RR --level 0",
             "pool " + file + " --measure RR --level 1",
             "pool " + file + " --measure RR --level nan",
             "pool " + file + " --measure RR --width nan",
             "pool " + file + " --measure RR --add nan",
             "pool " + file + " --measure RR --given-level 1",
             "size --measure SMD --effect 1 --tau2 -1",
             plan + "--spending kd:-1",
             plan + "--spending hsd:nan",
             plan + "--futility non-binding --futility-spending kd:0",
             plan + "--first 0",
             plan + "--clock nothing",
             plan + "--clock nothing --cpp",
             plan + "--looks 2,2",
             plan + "--looks 3,2",
             plan + "--looks 0",
             plan + "--harm-alpha 0.1 --futility binding",
             plan + "--json - --csv -",
             "monitor " + file + " --measure RR --effect 0.8 --participants 0",
             "monitor " + file + " --measure RR --effect 0.8 --participants -5",
             "monitor " + file + " --measure RR --effect 0.8 --anytime --initial-tau2 nan",
             "monitor " + file + " --measure RR --effect 0.8 --anytime --futility binding",
             "monitor " + file + " --measure RR --effect 0.8 --anytime --looks 2,4",
             "monitor " + file + " --measure RR --effect 0.8 --anytime --model reml"}) {
        auto const result = run_accrue(arguments);
        EXPECT_EQ(result.exit_code, 2) << arguments << '\n' << result.errors;
        EXPECT_NE(result.errors, "") << arguments;
    }
}

TEST(Help, TeachesWithAnExample) {
    for (auto const* const subcommand : {"pool", "monitor", "bias", "size"}) {
        auto const result = run_accrue(std::string(subcommand) + " --help");
        EXPECT_EQ(result.exit_code, 0);
        EXPECT_NE(result.output.find(std::string("accrue ") + subcommand), std::string::npos)
            << result.output;
        EXPECT_NE(result.output.find("Example:"), std::string::npos) << result.output;
        EXPECT_NE(run_accrue("--help").output.find(subcommand), std::string::npos);
    }
}

} // namespace
} // namespace accrue::test
