// accrue's side of the comparison with other programs.
//
//   accrue_peers all FOLDER [--long]
// writes the data that all programs read to FOLDER/data, then times each work, adds the times to
// FOLDER/times/accrue.tsv, and writes the answers to FOLDER/accrue/WORK.tsv;
//
//   accrue_peers variants FOLDER OUTPUT
// reads FOLDER/data/study_*.txt, pools each variant and writes OUTPUT: a process to be timed as a whole, as
// PLINK is.
//
// Numbers are written so that they read back as the same double, but for the studies of variants, which have
// four decimals, as the files of such studies do.

#include "../simulated.hpp"
#include <accrue/accrue.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace {

using namespace accrue;
namespace fs = std::filesystem;

using table_row = std::vector<double>;

constexpr std::size_t sets_of_each_size = 20;
constexpr std::size_t batch_size = 10'000;
constexpr std::size_t batch_depth = 10;
constexpr std::size_t variant_count = 100'000;
constexpr std::size_t variant_studies = 4;

std::string shortest(double const x) {
    auto digits = std::array<char, 32>{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), x).ptr;
    return {digits.data(), end};
}

std::string fixed(double const x) {
    auto digits = std::array<char, 64>{};
    auto const end =
        std::to_chars(digits.data(), digits.data() + digits.size(), x, std::chars_format::fixed, 4).ptr;
    return {digits.data(), end};
}

void write_file(fs::path const& path, std::string const& text) {
    fs::create_directories(path.parent_path());
    auto file = std::ofstream(path, std::ios::binary);
    if (!(file << text).flush()) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

std::string read_file(fs::path const& path) {
    auto text = std::string(fs::file_size(path), '\0');
    auto file = std::ifstream(path, std::ios::binary);
    if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return text;
}

std::string table(std::string_view const head, std::vector<table_row> const& rows) {
    auto text = std::string(head) + '\n';
    for (auto const& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            if (column > 0) {
                text += '\t';
            }
            text += shortest(row[column]);
        }
        text += '\n';
    }
    return text;
}

/// Keeps the compiler from leaving out the work whose result this is.
template <class Result>
void use(Result const& result) {
    asm volatile("" : : "g"(&result) : "memory");
}

/// The processor time of one call in seconds: the least of 7 samples of at least 10 ms each, after one that
/// warms up.
template <class Work>
double seconds_each(Work const& work) {
    auto const sample = [&](std::size_t const calls) {
        auto const start = std::clock();
        for (std::size_t i = 0; i < calls; ++i) {
            use(work());
        }
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    };
    std::size_t calls = 1;
    while (sample(calls) < 0.01) {
        calls *= 2;
    }
    auto least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 7; ++i) {
        least = std::min(least, sample(calls) / static_cast<double>(calls));
    }
    return least;
}

/// Where the answers go, and the times.
class notebook {
  public:
    explicit notebook(fs::path folder) : folder_(std::move(folder)) {}

    void answers(std::string const& work, std::string_view const head,
                 std::vector<table_row> const& rows) const {
        write_file(folder_ / "accrue" / (work + ".tsv"), table(head, rows));
    }
    void data(std::string const& name, std::string const& text) const {
        write_file(folder_ / "data" / name, text);
    }
    void time(std::string const& work, double const seconds) {
        times_ += "accrue\t" + work + '\t' + shortest(seconds) + '\n';
    }
    /// Adds the times to those of earlier runs.
    void close() const {
        fs::create_directories(folder_ / "times");
        auto file = std::ofstream(folder_ / "times" / "accrue.tsv", std::ios::app);
        if (!(file << times_).flush()) {
            throw std::runtime_error("cannot write times");
        }
    }

  private:
    fs::path folder_;
    std::string times_;
};

/// What the summary of a meta-analysis gives: the effect, its interval and p-value, tau², Q and its p-value.
table_row summary(pooled const& result, heterogeneity_summary const& spread) {
    auto const ci = confidence_interval(result, 0.95);
    return {result.effect, standard_error(result), result.tau_squared, ci.lower,
            ci.upper,      p_value(result),        spread.q,           spread.p_value};
}

constexpr auto summary_head = "effect\tstandard_error\ttau_squared\tlower\tupper\tp_value\tq\tq_p_value";

template <class Model>
void compare_pool(notebook& notes, std::string const& work, Model const& model,
                  std::vector<std::vector<estimate>> const& sets) {
    auto rows = std::vector<table_row>(sets.size());
    auto const run = [&] {
        std::ranges::transform(sets, rows.begin(), [&](auto const& studies) {
            return summary(pool(model, studies), heterogeneity(studies));
        });
        return rows.data();
    };
    notes.time(work, seconds_each(run) / static_cast<double>(sets.size()));
    notes.answers(work, summary_head, rows);
}

template <class Model>
void compare_cumulative(notebook& notes, std::string const& work, Model const& model,
                        std::span<estimate const> const studies) {
    notes.time(work, seconds_each([&] { return cumulative(model, studies); }));
    auto rows = std::vector<table_row>(studies.size());
    auto const run = [&] {
        auto const results = cumulative(model, studies);
        for (std::size_t i = 0; i < studies.size(); ++i) {
            rows[i] = summary(results[i], heterogeneity(studies.first(i + 1)));
        }
        return rows.data();
    };
    notes.time(work + "_summaries", seconds_each(run));
    notes.answers(work, summary_head, rows);
}

void compare_batch(notebook& notes) {
    auto const studies = benchmarks::simulated(batch_size * batch_depth, 3);
    auto effects = std::vector<double>{};
    auto variances = std::vector<double>{};
    auto starts = std::vector<std::size_t>{0};
    auto rows = std::vector<table_row>{};
    for (auto const& [effect, variance] : studies) {
        rows.push_back({static_cast<double>(starts.size()), effect, variance});
        effects.push_back(effect);
        variances.push_back(variance);
        if (effects.size() % batch_depth == 0) {
            starts.push_back(effects.size());
        }
    }
    notes.data("batch.tsv", table("set\teffect\tvariance", rows));

    auto const batch = study_columns{effects, variances, starts};
    auto const model = random_effects{dersimonian_laird{}};
    notes.time("batch", seconds_each([&] { return pool_each(model, batch); }));
    auto const results = pool_each(model, batch);
    rows.clear();
    for (std::size_t i = 0; i < results.size(); ++i) {
        rows.push_back(
            {results.effect[i], std::sqrt(results.variance[i]), results.tau_squared[i], results.q[i]});
    }
    notes.answers("batch", "effect\tstandard_error\ttau_squared\tq", rows);
}

void compare_boundaries(notebook& notes) {
    for (std::size_t const looks : {5U, 20U, 100U}) {
        auto fractions = std::vector<double>(looks);
        for (std::size_t i = 0; i < looks; ++i) {
            fractions[i] = static_cast<double>(i + 1) / static_cast<double>(looks);
        }
        auto const run = [&] { return boundaries(two_sided{0.05}, lan_demets_obrien_fleming{}, fractions); };
        auto const work = "boundaries_" + std::to_string(looks);
        notes.time(work, seconds_each(run));
        auto rows = std::vector<table_row>{};
        for (double const z : run()) {
            rows.push_back({z});
        }
        notes.answers(work, "z", rows);
    }
}

// Variants
// ------------------------------------------------------------------------------------------------------

/// The data of many variants: study by study, as `study_matrix` takes them.
struct variants {
    std::vector<std::string> texts; ///< of the files, which the names point into
    std::vector<std::string_view> names;
    std::vector<double> effects;
    std::vector<double> variances;
};

/// PLINK prints four decimals of pooled effects: with standard errors in the thousands these are seven
/// digits.
void write_variants(notebook const& notes) {
    constexpr double scale = 1e4;
    auto const studies = benchmarks::simulated(variant_count * variant_studies, 4);
    for (std::size_t study = 0; study < variant_studies; ++study) {
        auto text = std::string("SNP BETA SE\n");
        for (std::size_t variant = 0; variant < variant_count; ++variant) {
            auto const& [effect, variance] = studies[study * variant_count + variant];
            text += "rs" + std::to_string(variant + 1) + ' ' + fixed(scale * effect) + ' ' +
                    fixed(scale * std::sqrt(variance)) + '\n';
        }
        notes.data("study_" + std::to_string(study + 1) + ".txt", text);
    }
}

/// The words of a text of lines.
class words {
  public:
    explicit words(std::string_view const text) : rest_(text) {}

    /// The next word, empty at the end.
    std::string_view next() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
        auto const word = rest_.substr(0, rest_.find_first_of(" \n"));
        rest_.remove_prefix(word.size());
        return word;
    }
    double next_number() {
        auto const word = next();
        double number = 0;
        auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc{} || end != word.data() + word.size()) {
            throw std::runtime_error("not a number: " + std::string(word));
        }
        return number;
    }

  private:
    std::string_view rest_;
};

/// Reads the studies and joins them by the names of variants, in whatever order a file has them. A variant
/// that a study does not have is missing there.
variants read_variants(fs::path const& folder) {
    struct entry {
        std::size_t variant;
        double effect;
        double variance;
    };
    auto result = variants{};
    auto places = std::unordered_map<std::string_view, std::size_t>{};
    auto studies = std::vector<std::vector<entry>>(variant_studies);
    result.texts.reserve(variant_studies);
    places.reserve(variant_count);
    for (std::size_t study = 0; study < variant_studies; ++study) {
        result.texts.push_back(read_file(folder / ("study_" + std::to_string(study + 1) + ".txt")));
        auto text = words(result.texts.back());
        if (text.next() != "SNP" || text.next() != "BETA" || text.next() != "SE") {
            throw std::runtime_error("a study must have the columns SNP BETA SE");
        }
        for (auto name = text.next(); !name.empty(); name = text.next()) {
            auto const [place, is_new] = places.try_emplace(name, result.names.size());
            if (is_new) {
                result.names.push_back(name);
            }
            double const effect = text.next_number();
            double const standard_error = text.next_number();
            studies[study].push_back({place->second, effect, standard_error * standard_error});
        }
    }
    auto const size = result.names.size();
    constexpr double missing = std::numeric_limits<double>::quiet_NaN();
    result.effects.assign(size * variant_studies, missing);
    result.variances.assign(size * variant_studies, missing);
    for (std::size_t study = 0; study < variant_studies; ++study) {
        for (auto const& [variant, effect, variance] : studies[study]) {
            result.effects[study * size + variant] = effect;
            result.variances[study * size + variant] = variance;
        }
    }
    return result;
}

/// One row a variant, with the columns of PLINK.
std::vector<table_row> pool_variants(variants const& data) {
    auto const matrix = study_matrix{data.effects, data.variances, variant_studies};
    auto const common = pool_each(common_effect{}, matrix);
    auto const random = pool_each(random_effects{dersimonian_laird{}}, matrix);
    auto rows = std::vector<table_row>(matrix.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const df = static_cast<double>(common.k[i] - 1);
        rows[i] = {p_value(common[i]),
                   p_value(random[i]),
                   common.effect[i],
                   random.effect[i],
                   chi_squared{df}.survival(common.q[i]),
                   100 * i_squared_from_q(common.q[i], df)};
    }
    return rows;
}

constexpr auto variant_head = "p_value\tp_value_random\teffect\teffect_random\tq_p_value\ti_squared_percent";

void time_variants_in_memory(notebook& notes, fs::path const& folder) {
    auto const data = read_variants(folder / "data");
    notes.time("variants_in_memory", seconds_each([&] { return pool_variants(data); }));
}

void report_variants(fs::path const& folder, fs::path const& output) {
    auto const data = read_variants(folder / "data");
    auto const rows = pool_variants(data);
    auto text = std::string("name\t") + variant_head + '\n';
    for (std::size_t i = 0; i < rows.size(); ++i) {
        text += data.names[i];
        for (double const value : rows[i]) {
            text += '\t' + shortest(value);
        }
        text += '\n';
    }
    write_file(output, text);
}

void report_all(fs::path const& folder, bool const is_long) {
    auto notes = notebook{folder};
    for (std::size_t const k : {4U, 13U}) {
        auto sets = std::vector<std::vector<estimate>>{};
        auto rows = std::vector<table_row>{};
        for (unsigned seed = 1; seed <= sets_of_each_size; ++seed) {
            sets.push_back(benchmarks::simulated(k, seed));
            for (auto const& [effect, variance] : sets.back()) {
                rows.push_back({static_cast<double>(seed), effect, variance});
            }
        }
        auto const size = std::to_string(k);
        notes.data("pool_" + size + ".tsv", table("set\teffect\tvariance", rows));
        compare_pool(notes, "pool_dl_" + size, random_effects{dersimonian_laird{}}, sets);
        compare_pool(notes, "pool_reml_" + size, random_effects{reml{}}, sets);
        compare_pool(notes, "pool_reml_hksj_" + size, random_effects{reml{}, hartung_knapp{}}, sets);
    }

    auto const studies = benchmarks::simulated(1000, 2);
    auto rows = std::vector<table_row>{};
    for (auto const& [effect, variance] : studies) {
        rows.push_back({effect, variance});
    }
    notes.data("cumulative.tsv", table("effect\tvariance", rows));
    for (std::size_t const k : {50U, 200U}) {
        auto const first = std::span(studies).first(k);
        auto const size = std::to_string(k);
        compare_cumulative(notes, "cumulative_dl_" + size, random_effects{dersimonian_laird{}}, first);
        compare_cumulative(notes, "cumulative_reml_" + size, random_effects{reml{}}, first);
    }
    if (is_long) {
        compare_cumulative(notes, "cumulative_dl_1000", random_effects{dersimonian_laird{}}, studies);
    }

    compare_batch(notes);
    compare_boundaries(notes);
    write_variants(notes);
    time_variants_in_memory(notes, folder);
    notes.close();
}

} // namespace

int main(int const count, char const* const* const arguments) {
    auto const given = std::vector<std::string_view>(arguments + 1, arguments + count);
    try {
        if (given.size() == 3 && given[0] == "variants") {
            report_variants(given[1], given[2]);
            return 0;
        }
        if (given.size() >= 2 && given.size() <= 3 && given[0] == "all" &&
            (given.size() == 2 || given[2] == "--long")) {
            report_all(given[1], given.size() == 3);
            return 0;
        }
        std::fputs("accrue_peers all FOLDER [--long] | accrue_peers variants FOLDER OUTPUT\n", stderr);
    } catch (std::exception const& error) {
        std::fprintf(stderr, "accrue_peers: %s\n", error.what());
    }
    return 1;
}
