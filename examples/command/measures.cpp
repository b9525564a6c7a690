#include "measures.hpp"

#include "numbers.hpp"
#include "report_measures.hpp"
#include <accrue/effect.hpp>

#include <cmath>
#include <numeric>
#include <utility>

namespace command {
namespace {

using namespace accrue;

/// Which columns say how uncertain a given effect is: vi, sei, or ci.lb and ci.ub.
template <class FromInterval>
studies read_estimates(table const& from, reading const& options, bool const is_ratio,
                       FromInterval const& from_interval_of) {
    auto columns = std::vector<std::string>{"yi", "vi"};
    if (is_ratio || (!from.has("vi") && !from.has("sei") && (from.has("ci.lb") || from.has("ci.ub")))) {
        columns = {"yi", "ci.lb", "ci.ub"};
    } else if (!from.has("vi") && from.has("sei")) {
        columns[1] = "sei";
    }
    auto const read = places(from, columns);
    auto found = studies{};
    for (std::size_t row = 0; row < from.rows(); ++row) {
        if (options.skip_missing && read.any_missing(row)) {
            found.left_out.push_back(row);
            continue;
        }
        try {
            found.estimates.push_back(
                columns[1] == "vi"    ? estimate{read.number(row, 0), read.positive(row, 1)}
                : columns[1] == "sei" ? from_standard_error(read.number(row, 0),
                                                            reported::standard_error{read.positive(row, 1)})
                                      : from_interval_of(read.number(row, 0),
                                                         interval{read.number(row, 1), read.number(row, 2)}));
        } catch (invalid_input const& error) {
            from.refuse(row, without_study(error));
        }
        if (!(found.estimates.back().variance > 0) || !std::isfinite(found.estimates.back().variance)) {
            read.refuse(row, 1, "leaves no variance that a computer can hold");
        }
        found.rows.push_back(row);
        found.names.push_back(name_at(from, row));
        found.participants.push_back(participants_at(from, row));
        found.events.push_back(detail::not_a_number<double>());
    }
    if (found.rows.empty()) {
        throw bad_input(from.source() + ": no row has all numbers that the measure needs");
    }
    return found;
}

measure of_estimates(std::string name, std::string title, std::string analysed_as, std::string columns,
                     std::string cpp, std::function<double(double)> back_transform, bool const is_ratio) {
    return {.name = std::move(name),
            .title = std::move(title),
            .analysed_as = std::move(analysed_as),
            .columns = std::move(columns),
            .cpp = std::move(cpp),
            .report = "estimate",
            .back_transform = {std::move(back_transform)},
            .read =
                [is_ratio](table const& from, reading const& options) {
                    return read_estimates(
                        from, options, is_ratio, [&](double const effect, interval const& limits) {
                            return is_ratio ? from_ratio_interval(effect, limits, options.given_level)
                                            : from_interval(effect, limits, options.given_level);
                        });
                },
            .initialisers = estimates_as_initialisers};
}

std::vector<measure> usual_measures() {
    using binary = two_arms<events>;
    using continuous = two_arms<arm>;
    using incidence = two_arms<rate>;
    auto const same = [](double const x) { return x; };
    auto const exponential = [](double const x) { return std::exp(x); };
    return {
        of_reports<binary>("RR", "Risk ratio", "log risk ratio", "log_risk_ratio{}", "two_arms<events>",
                           [](auto zeros) { return log_risk_ratio{zeros}; }),
        of_reports<binary>("OR", "Odds ratio", "log odds ratio", "log_odds_ratio{}", "two_arms<events>",
                           [](auto zeros) { return log_odds_ratio{zeros}; }),
        of_reports<binary>("RD", "Risk difference", "risk difference", "risk_difference{}",
                           "two_arms<events>", [](auto zeros) { return risk_difference{zeros}; }),
        of_reports<binary>("AS", "Arcsine difference", "arcsine difference", "arcsine_difference{}",
                           "two_arms<events>", [](auto) { return arcsine_difference{}; }),
        of_reports<continuous>("MD", "Mean difference", "mean difference", "mean_difference{}",
                               "two_arms<arm>", [](auto) { return mean_difference{}; }),
        of_reports<continuous>("SMD", "Standardised mean difference", "standardised mean difference",
                               "standardized_mean_difference{}", "two_arms<arm>",
                               [](auto) { return standardized_mean_difference{}; }),
        of_reports<continuous>("ROM", "Ratio of means", "log ratio of means", "log_ratio_of_means{}",
                               "two_arms<arm>", [](auto) { return log_ratio_of_means{}; }),
        of_reports<incidence>("IRR", "Incidence rate ratio", "log incidence rate ratio",
                              "log_incidence_rate_ratio{}", "two_arms<rate>",
                              [](auto zeros) { return log_incidence_rate_ratio{zeros}; }),
        of_reports<incidence>("IRD", "Incidence rate difference", "incidence rate difference",
                              "incidence_rate_difference{}", "two_arms<rate>",
                              [](auto zeros) { return incidence_rate_difference{zeros}; }),
        of_reports<events>("PR", "Proportion", "proportion", "proportion{}", "events",
                           [](auto zeros) { return proportion{zeros}; }),
        of_reports<events>("PLN", "Proportion", "log proportion", "log_proportion{}", "events",
                           [](auto zeros) { return log_proportion{zeros}; }),
        of_reports<events>("PLO", "Proportion", "logit of the proportion", "logit_proportion{}", "events",
                           [](auto zeros) { return logit_proportion{zeros}; }),
        of_reports<rate>("IR", "Incidence rate", "incidence rate", "incidence_rate{}", "rate",
                         [](auto zeros) { return incidence_rate{zeros}; }),
        of_reports<rate>("IRLN", "Incidence rate", "log incidence rate", "log_incidence_rate{}", "rate",
                         [](auto zeros) { return log_incidence_rate{zeros}; }),
        of_reports<arm>("MN", "Mean", "mean", "group_mean{}", "arm", [](auto) { return group_mean{}; }),
        of_reports<arm>("MNLN", "Mean", "log mean", "log_group_mean{}", "arm",
                        [](auto) { return log_group_mean{}; }),
        of_reports<association>("COR", "Correlation", "correlation", "raw_correlation{}", "association",
                                [](auto) { return raw_correlation{}; }),
        of_reports<association>("ZCOR", "Correlation", "Fisher's z", "fisher_z{}", "association",
                                [](auto) { return fisher_z{}; }),
        of_reports<paired_arms>("MC", "Mean change", "mean change", "mean_difference{}", "paired_arms",
                                [](auto) { return mean_difference{}; }),
        of_reports<before_and_after>("SMCR", "Standardised mean change", "standardised mean change",
                                     "baseline_standardized_mean_change{}", "paired_arms",
                                     [](auto) { return baseline_standardized_mean_change{}; }),
        of_reports<reliability>("ARAW", "Cronbach's alpha", "alpha", "cronbach_alpha{}", "reliability",
                                [](auto) { return cronbach_alpha{}; }),
        of_reports<reliability>("ABT", "Cronbach's alpha", "-log(1 - alpha)", "bonett_transformed_alpha{}",
                                "reliability", [](auto) { return bonett_transformed_alpha{}; }),
        of_estimates("GEN", "Effect", "effect", "yi, and vi, sei or ci.lb ci.ub", "", same, false),
        of_estimates("LOG", "Ratio", "log ratio", "yi (a logarithm), and vi, sei or ci.lb ci.ub", "",
                     exponential, false),
        of_estimates("RATIO", "Ratio", "log ratio", "yi ci.lb ci.ub, as printed: 0.76 (0.60 to 0.96)", "",
                     exponential, true),
    };
}

} // namespace

std::vector<std::string> estimates_as_initialisers(table const&, studies const& given, reading const&) {
    auto result = std::vector<std::string>();
    for (auto const& study : given.estimates) {
        result.push_back(cpp_of(study));
    }
    return result;
}

std::vector<measure> const& all_measures() {
    static auto const measures = [] {
        auto all = usual_measures();
        for (auto& each : rarer_measures()) {
            all.insert(all.end() - 3, std::move(each)); // given estimates stay the last
        }
        return all;
    }();
    return measures;
}

measure const& measure_named(std::string const& name) {
    auto known = std::string();
    for (auto const& each : all_measures()) {
        if (each.name == name) {
            return each;
        }
        known += (known.empty() ? "" : ", ") + each.name;
    }
    throw usage_error("--measure must be one of " + known + ", but is '" + name + "'");
}

bool shows_ratios(measure const& effect) {
    return std::fabs(effect.back_transform(0.0) - 1) < 1e-12;
}

studies some_of(studies const& given, std::vector<std::size_t> const& places) {
    auto const some = [&](auto const& values) {
        auto result = std::remove_cvref_t<decltype(values)>();
        for (auto const i : places) {
            result.push_back(values[i]);
        }
        return result;
    };
    return {some(given.rows),      given.left_out,           some(given.names),
            some(given.estimates), some(given.participants), some(given.events)};
}

std::string cpp_number(double const value) {
    return number_text(value);
}

std::string cpp_text(std::string const& text) {
    auto result = std::string("\"");
    for (char const c : text) {
        result += c == '"' || c == '\\' ? std::string{'\\', c}
                  : c == '\n'           ? "\\n"
                  : c == '\r'           ? "\\r"
                                        : std::string(1, c);
    }
    return result + "\"";
}

std::vector<std::string> labels_of(table const& from, studies const& given, std::string const& column) {
    auto const place = from.place_of(column);
    auto result = std::vector<std::string>();
    for (auto const row : given.rows) {
        if (from.is_missing(row, place)) {
            from.refuse(row, place, "there is no label");
        }
        result.emplace_back(from.text(row, place));
    }
    return result;
}

std::vector<double> numbers_of(table const& from, studies const& given, std::string const& column) {
    auto const place = from.place_of(column);
    auto result = std::vector<double>();
    for (auto const row : given.rows) {
        result.push_back(from.number(row, place));
    }
    return result;
}

studies in_order_of(table const& from, studies const& given, std::string const& column) {
    auto const keys = numbers_of(from, given, column);
    auto order = std::vector<std::size_t>(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t const a, std::size_t const b) {
        return keys[a] < keys[b] || (keys[a] == keys[b] && a < b);
    });
    return some_of(given, order);
}

} // namespace command
