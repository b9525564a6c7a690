// accrue: meta-analysis and trial sequential analysis of a CSV file. `accrue --help` says what it can do.

#include "bias.hpp"
#include "csv.hpp"
#include "monitor.hpp"
#include "pictures.hpp"
#include "pool.hpp"
#include "size.hpp"
#ifdef ACCRUE_COMMAND_REGRESSES
#include "regress.hpp"
#endif

#include <accrue/error.hpp>
#include <accrue/version.hpp>

#include <CLI/CLI.hpp>

#include <cmath>
#include <exception>
#include <iostream>
#include <map>
#include <string>

namespace command {
namespace {

constexpr int bad_data = 1;
constexpr int bad_options = 2;

/// Whether a number of the command line is in a range, by `holds`; one that is NaN is in none.
template <class Holds>
CLI::Validator number_that(Holds const& holds, std::string const& what) {
    return {[holds, what](std::string const& text) {
                double value = 0;
                return CLI::detail::lexical_cast(text, value) && holds(value)
                           ? std::string()
                           : "must be " + what + ", but is " + text;
            },
            "NUMBER"};
}

/// What levels and errors are.
CLI::Validator const share =
    number_that([](double const x) { return x > 0 && x < 1; }, "between 0 and 1, both excluded");
CLI::Validator const positive =
    number_that([](double const x) { return x > 0 && std::isfinite(x); }, "positive and finite");
CLI::Validator const not_negative =
    number_that([](double const x) { return x >= 0 && std::isfinite(x); }, "0 or more, and finite");

std::string table_of_measures() {
    auto text = std::string("Measures, and the columns that they need:\n");
    for (auto const& each : all_measures()) {
        bool const is_transformed = capitalised(each.analysed_as) != each.title;
        text += "  " + each.name + std::string(7 - each.name.size(), ' ') + each.title +
                (is_transformed ? ", by " + each.analysed_as : "") + ": " + each.columns + "\n";
    }
    return text;
}

void add_output(CLI::App& to, output& where, bool& cpp) {
    to.add_option("--json", where.json, "Write the result as JSON, all digits (- is the standard output)")
        ->group("Output");
    to.add_option("--csv", where.csv, "Write it as CSV: section, row, quantity, value")->group("Output");
    to.add_flag("--cpp", cpp, "Print the C++ program that does the same with the library, and stop")
        ->group("Output");
    to.parse_complete_callback([&where] {
        if (where.json == "-" && where.csv == "-") {
            throw CLI::ValidationError("--json and --csv", "must not both be the standard output");
        }
    });
}

void add_input(CLI::App& to, input& from) {
    to.add_option("file", from.file, "CSV file with a header, a row a study (- is the standard input)")
        ->required();
    to.add_option("--measure", from.measure, "Effect measure; see accrue pool --help")->capture_default_str();
    to.add_option_function<std::vector<std::string>>(
          "--columns",
          [&from](std::vector<std::string> const& pairs) {
              for (auto const& pair : pairs) {
                  auto const sign = pair.find('=');
                  if (sign == 0 || sign == std::string::npos || sign + 1 == pair.size()) {
                      throw CLI::ValidationError("--columns",
                                                 "must be NAME=COLUMN, such as ai=deaths, but is " + pair);
                  }
                  from.dialect.renamed[pair.substr(0, sign)] = pair.substr(sign + 1);
              }
          },
          "What columns are called in the file: ai=deaths,n1i=treated")
        ->delimiter(',')
        ->group("Reading");
    to.add_option("--order", from.order, "Sort the studies by this column of numbers, such as year")
        ->group("Reading");
    to.add_flag("--decimal-comma", from.dialect.decimal_comma, "Numbers are written 1,5")->group("Reading");
    to.add_option_function<std::string>(
          "--delimiter",
          [&from](std::string const& text) {
              static auto const names = std::map<std::string, char>{
                  {",", ','}, {"comma", ','}, {";", ';'}, {"semicolon", ';'}, {"tab", '\t'}};
              auto const found = names.find(text);
              if (found == names.end()) {
                  throw CLI::ValidationError("--delimiter",
                                             "must be comma, semicolon or tab, but is " + text);
              }
              from.dialect.delimiter = found->second;
          },
          "comma, semicolon or tab; found out from the header unless given")
        ->group("Reading");
    to.add_flag("--skip-missing", from.options.skip_missing, "Leave out rows that lack a number, and say so")
        ->group("Reading");
    to.add_option("--add", from.options.added, "Added to the cells of studies with a zero; 0 adds nothing")
        ->capture_default_str()
        ->check(not_negative)
        ->group("Reading");
    to.add_flag("--drop-double-zeros", from.options.drop_double_zeros,
                "Leave out trials without events in both arms")
        ->group("Reading");
    to.add_option("--given-level", from.options.given_level, "Level of the intervals ci.lb and ci.ub")
        ->capture_default_str()
        ->check(share)
        ->group("Reading");
}

void add_model(CLI::App& to, std::string& model) {
    to.add_option(
          "--model", model,
          "tau² by common, dl, he, hs, sj, hm, ml, reml or pm, and the uncertainty by z, t, hk, hkf or kr")
        ->capture_default_str();
}

void add_style(CLI::App& to, picture_style& style) {
    to.add_option("--theme", style.theme, "Colours of the picture: light, dark or print")
        ->capture_default_str()
        ->group("Output");
    to.add_option("--width", style.width, "Width of the picture, in pixels")
        ->capture_default_str()
        ->check(number_that([](double const x) { return x >= 320 && x <= 10000; }, "from 320 to 10000"))
        ->group("Output");
}

void add_target(CLI::App& to, target_options& wanted) {
    auto const group = "What is to be detected";
    to.add_option("--effect", wanted.effect, "Anticipated effect: 0.8 for a ratio, -1 for a difference")
        ->group(group);
    to.add_option("--reduction", wanted.reduction, "Or the relative reduction of the risk, such as 0.2")
        ->group(group);
    to.add_option("--control-risk", wanted.control_risk, "Risk without treatment, for RR, OR and RD")
        ->group(group);
    to.add_option("--sd", wanted.sd, "Standard deviation of the outcome, for MD")->group(group);
    to.add_option("--alpha", wanted.alpha, "Type I error")->capture_default_str()->check(share)->group(group);
    to.add_option("--harm-alpha", wanted.harm_alpha,
                  "Another error for the boundary of harm; --alpha is then that of benefit")
        ->check(share)
        ->group(group);
    to.add_option("--sides", wanted.sides, "2, or 1")->capture_default_str()->group(group);
    to.add_option("--power", wanted.power, "Power")->capture_default_str()->check(share)->group(group);
    to.add_option("--inconsistency", wanted.inconsistency, "Adjust the size by this I² (0 to 1)")
        ->group(group);
}

class program {
  public:
    program() {
        app_.require_subcommand(1);
        app_.set_version_flag("--version", std::to_string(ACCRUE_VERSION_MAJOR) + "." +
                                               std::to_string(ACCRUE_VERSION_MINOR) + "." +
                                               std::to_string(ACCRUE_VERSION_PATCH));
        app_.footer("Each of them has help of its own: accrue pool --help\n"
                    "Exit codes: 0 all is well, 1 the data cannot be used, 2 the options make no sense.");
        add_pool();
        add_monitor();
        add_bias();
        add_size();
#ifdef ACCRUE_COMMAND_REGRESSES
        add_regress();
#endif
    }

    int operator()(int const count, char const* const* const arguments) {
        try {
            app_.parse(count, arguments);
        } catch (CLI::ParseError const& error) {
            return app_.exit(error) == 0 ? 0 : bad_options;
        } catch (usage_error const& error) {
            std::cerr << "accrue: " << error.what() << '\n';
            return bad_options;
        } catch (std::exception const& error) {
            std::cerr << "accrue: " << error.what() << '\n';
            return bad_data;
        }
        std::cout.flush();
        return std::cout ? 0 : bad_data;
    }

  private:
    void add_pool() {
        auto& sub = *app_.add_subcommand(
            "pool", "Pool studies: effect, intervals, heterogeneity, groups, forest plot");
        add_input(sub, pool_.from);
        add_model(sub, pool_.model);
        sub.add_option("--by", pool_.by, "Column of labels: pool each group, and test whether they differ");
        sub.add_option(
            "--cluster", pool_.cluster,
            "Column of labels: effects of one label are not independent (three levels, and a robust "
            "variance); the model is reml or ml, with z, t, hk or sat");
        sub.add_option("--level", pool_.level, "Level of the intervals")->capture_default_str()->check(share);
        sub.add_option("--forest", pool_.forest, "Draw a forest plot into this SVG file")->group("Output");
        add_style(sub, pool_.style);
        add_output(sub, pool_.to, pool_.cpp);
        sub.footer(
            "Example: trials of a vaccine, with events and totals of both arms\n"
            "  accrue pool trials.csv --measure RR --model reml,hk --by alloc --forest forest.svg\n\n" +
            table_of_measures() + "The columns slab or study name the studies. Arm 1 is the treatment.");
        sub.callback([this] { run(pool_); });
    }

    void add_monitor() {
        auto& sub = *app_.add_subcommand("monitor", "Trial sequential analysis: is the evidence enough?");
        add_input(sub, monitor_.from);
        add_model(sub, monitor_.model);
        add_target(sub, monitor_.target);
        sub.add_option_function<std::string>(
               "--diversity",
               [this](std::string const& text) {
                   if (text == "data") {
                       monitor_.diversity_of_data = true;
                   } else if (!CLI::detail::lexical_cast(text, monitor_.target.diversity)) {
                       throw CLI::ValidationError("--diversity", "must be a number or data, but is " + text);
                   }
               },
               "Adjust the size by this D² (0 to 1), or by that of the data: data")
            ->group("What is to be detected");
        sub.add_option("--participants", monitor_.target.participants,
                       "The required size itself, with --effect")
            ->check(positive)
            ->group("What is to be detected");
        sub.add_option("--spending", monitor_.spending, "obf, pocock, kd:RHO or hsd:GAMMA")
            ->capture_default_str();
        sub.add_option("--futility", monitor_.futility, "none, non-binding or binding")
            ->capture_default_str();
        sub.add_option("--futility-spending", monitor_.futility_spending,
                       "How its error is spent; as --spending")
            ->capture_default_str();
        sub.add_option("--futility-error", monitor_.futility_error,
                       "Its error; what the power leaves unless given")
            ->check(share);
        sub.add_option("--clock", monitor_.clock, "participants, events, information or model-information")
            ->capture_default_str();
        sub.add_option("--boundaries", monitor_.boundaries,
                       "simulated: they hold the error of the model; exact: group sequential theory")
            ->capture_default_str();
        sub.add_option("--first", monitor_.first, "The first look is after this many trials")
            ->capture_default_str()
            ->check(positive);
        sub.add_option("--looks", monitor_.looks, "Look after these numbers of trials alone: 2,4,8")
            ->delimiter(',');
        auto* const anytime = sub.add_flag(
            "--anytime", monitor_.anytime,
            "Monitor without a plan, by an e-process: no size, no schedule, no model; it needs --effect "
            "or --reduction, and takes --initial-tau2, --alpha, --sides and --picture");
        sub.add_option(
               "--initial-tau2", monitor_.initial_tau_squared,
               "The e-process's guess of tau² before there are trials; the error does not depend on it")
            ->capture_default_str()
            ->check(not_negative);
        sub.add_option_function<std::string>(
               "--scale",
               [this](std::string const& text) {
                   if (text != "z" && text != "effect") {
                       throw CLI::ValidationError("--scale", "must be z or effect, but is " + text);
                   }
                   monitor_.on_effect_scale = text == "effect";
               },
               "The picture shows z, or the effect and how large it must be: effect")
            ->group("Output");
        sub.add_option("--picture", monitor_.picture, "Draw the monitoring plot into this SVG file")
            ->group("Output");
        add_style(sub, monitor_.style);
        add_output(sub, monitor_.to, monitor_.cpp);
        for (auto const* const of_a_plan :
             {"--model", "--participants", "--diversity", "--power", "--harm-alpha", "--spending",
              "--futility", "--futility-spending", "--futility-error", "--clock", "--boundaries", "--first",
              "--looks", "--scale"}) {
            anytime->excludes(sub.get_option(of_a_plan));
        }
        sub.footer("Example: can four trials show a standardised mean difference of -0.3?\n"
                   "  accrue monitor ldn.csv --measure GEN --effect -0.3 --power 0.9 --picture tsa.svg\n"
                   "Example: a relative reduction of the risk by a fifth, from 12 %\n"
                   "  accrue monitor trials.csv --measure RR --reduction 0.2 --control-risk 0.12 --diversity "
                   "data\n\n"
                   "The trials stand in the order in which they became known, or --order year sorts them.");
        sub.callback([this] { run(monitor_); });
    }

    void add_bias() {
        auto& sub = *app_.add_subcommand(
            "bias", "Small studies: Egger, Begg, trim and fill, fail-safe N, funnel plot");
        add_input(sub, bias_.from);
        add_model(sub, bias_.model);
        sub.add_option("--level", bias_.level, "Level of the intervals")->capture_default_str()->check(share);
        sub.add_option("--funnel", bias_.funnel, "Draw a funnel plot into this SVG file")->group("Output");
        add_style(sub, bias_.style);
        add_output(sub, bias_.to, bias_.cpp);
        sub.footer("Example:\n  accrue bias trials.csv --measure OR --funnel funnel.svg");
        sub.callback([this] { run(bias_); });
    }

    void add_size() {
        auto& sub = *app_.add_subcommand("size", "The information that a conclusive meta-analysis needs");
        sub.add_option("--measure", size_.measure, "RR, OR, RD, MD, SMD or HR")->capture_default_str();
        add_target(sub, size_.target);
        sub.add_option("--diversity", size_.target.diversity, "Adjust the size by this D² (0 to 1)")
            ->group("What is to be detected");
        sub.add_option("--tau2", size_.tau_squared, "Between-trial variance: how many trials at least?")
            ->check(not_negative);
        add_output(sub, size_.to, size_.cpp);
        sub.footer(
            "Example: a risk of 12 % that treatment lowers by a fifth\n"
            "  accrue size --measure RR --reduction 0.2 --control-risk 0.12 --power 0.9 --diversity 0.25");
        sub.callback([this] { run(size_); });
    }

#ifdef ACCRUE_COMMAND_REGRESSES
    void add_regress() {
        auto& sub = *app_.add_subcommand("regress", "Meta-regression on columns of the table");
        add_input(sub, regress_.from);
        add_model(sub, regress_.model);
        sub.add_option("--on", regress_.numbers, "Columns of numbers: ablat,year")->delimiter(',');
        sub.add_option("--factor", regress_.factors, "Columns of labels: alloc")->delimiter(',');
        sub.add_option("--level", regress_.level, "Level of the intervals")
            ->capture_default_str()
            ->check(share);
        sub.add_option("--bubble", regress_.bubble,
                       "Draw the effects along the first column of numbers into this SVG file")
            ->group("Output");
        add_style(sub, regress_.style);
        add_output(sub, regress_.to, regress_.cpp);
        sub.footer("Example: does a vaccine work better far from the equator?\n"
                   "  accrue regress trials.csv --measure RR --on ablat --model reml,hk --bubble bubble.svg");
        sub.callback([this] { run(regress_); });
    }

    regress_options regress_{};
#endif
    pool_options pool_{};
    monitor_options monitor_{};
    bias_options bias_{};
    size_options size_{};
    CLI::App app_{"Meta-analysis and trial sequential analysis of a CSV file", "accrue"};
};

} // namespace
} // namespace command

int main(int const count, char const* const* const arguments) {
    return command::program{}(count, arguments);
}
