#pragma once

#include <accrue/rare_events/detail/binomial_count.hpp>
#include <accrue/rare_events/detail/noncentral_hypergeometric.hpp>
#include <accrue/report/events.hpp>
#include <accrue/report/two_arms.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace accrue::detail {

/// How the risks of trials vary. With theta = mean + tau z the log odds ratio of a trial, b and z standard
/// normal and independent,
///
///     log odds, treatment = centre + spread b + mean / 2 + share tau z,
///     log odds, control   = centre + spread b - mean / 2 - (1 - share) tau z.
///
/// So log odds are bivariate normal. A share of 1/2 varies both risks alike, a share of 1 the treatment risk
/// alone; control risks are all the same where spread is 0 and the share is 1.
struct arm_risks {
    double centre;
    double spread;
    double tau;
    double share;
    double mean;
};

/// ln of a probability, and its derivatives by the members of `arm_risks` in their order.
struct risk_slopes {
    double value = 0;
    std::array<double, 5> slope = {};

    risk_slopes& operator+=(risk_slopes const& other) {
        value += other.value;
        for (std::size_t i = 0; i < slope.size(); ++i) {
            slope[i] += other.slope[i];
        }
        return *this;
    }
};

/// The two factors of a table's probability: of its margin (the events of both groups together), and of the
/// table given its margin.
struct table_factors {
    risk_slopes margin;
    risk_slopes given_margin;
};

/// How closely sums stand for integrals: enough for a search, unless said.
struct sum_rule {
    double step = 0.75; ///< in widths of the peak
    double reach = 25;  ///< terms that are e^-reach of the largest end the sum

    [[nodiscard]] static sum_rule to_all_digits() { return {0.375, 40}; }

    /// A step that suits a peak of that curvature, and functions like exp(-exp(scale x)), which fall in a
    /// strip of pi / (2 scale) about the real axis.
    [[nodiscard]] double step_for(double const curvature, double const scale) const {
        double const by_width = step / std::sqrt(curvature);
        double const most = step * 0.55 / 0.75;
        return scale * by_width > most ? most / scale : by_width;
    }
};

/// A 2x2 table as both groups' binomial counts.
class arm_counts {
  public:
    explicit arm_counts(two_arms<events> const& table)
        : treatment_(table.treatment.count, table.treatment.total, 0.0),
          control_(table.control.count, table.control.total, 0.0), given_margin_(table),
          events_(table.treatment.count + table.control.count),
          total_(table.treatment.total + table.control.total) {}

    /// Events of both groups, and participants.
    [[nodiscard]] double count() const { return events_; }
    [[nodiscard]] double total() const { return total_; }

    /// The factors by two trapezoidal rules, one within the other, which are exact to six digits or more
    /// for a function that is analytic and falls like a normal density, once steps are less than its width,
    /// and to at least twice as many with half the steps (Trefethen & Weideman 2014, doi:10.1137/130932132).
    /// The margin's probability needs no sum over its tables: that of the observed table at one theta, over
    /// the table's given its margin, is the same.
    [[nodiscard]] table_factors at(arm_risks const& risks, sum_rule const& rule = {}) const {
        auto joint = sums{};
        auto margin = sums{};
        double start = 0; // of the peak over b
        double const step = rule.step_for(1 + square(risks.tau) * information(), risks.tau);
        double top_joint = -infinity<double>();
        double top_margin = -infinity<double>();
        auto const row = [&](double const z) {
            auto const across = line(risks, z, start, rule);
            auto const conditional = given_margin_.at(risks.mean + risks.tau * z);
            double const log_joint = across.log_sum - z * z / 2;
            double const log_margin = log_joint - conditional.value;
            joint.add(log_joint, across, z, risks, 0);
            margin.add(log_margin, across, z, risks, conditional.slope);
            top_joint = top_joint < log_joint ? log_joint : top_joint;
            top_margin = top_margin < log_margin ? log_margin : top_margin;
            return log_joint > top_joint - rule.reach || log_margin > top_margin - rule.reach;
        };
        if (risks.tau > 0) {
            for (double i = 0; row(i * step) || i * step < 3; ++i) {
            }
            start = 0;
            for (double i = -1; row(i * step) || i * step > -3; --i) {
            }
        } else {
            (void)row(0);
        }
        double const log_step = risks.tau > 0 ? std::log(step) - log_root_two_pi : 0;
        auto const whole = joint.result(log_step);
        auto result = table_factors{margin.result(log_step), whole};
        result.given_margin.value -= result.margin.value;
        for (std::size_t i = 0; i < whole.slope.size(); ++i) {
            result.given_margin.slope[i] -= result.margin.slope[i];
        }
        return result;
    }

  private:
    static constexpr double log_root_two_pi = 0.918938533204672741780330;

    /// No less than the curvature of the log-likelihood by theta near its peak.
    [[nodiscard]] double information() const {
        double const peak = treatment_.at(treatment_.about_peak()).curvature;
        double const other = control_.at(control_.about_peak()).curvature;
        return -(peak < other ? peak : other);
    }

    /// The integral over b at one z, and the means of slopes under its integrand.
    struct line_sum {
        double log_sum;
        double by_treatment;
        double by_control;
        double by_spread;
    };

    [[nodiscard]] line_sum line(arm_risks const& risks, double const z, double& start,
                                sum_rule const& rule) const {
        double const treated = risks.centre + risks.mean / 2 + risks.share * risks.tau * z;
        double const controlled = risks.centre - risks.mean / 2 - (1 - risks.share) * risks.tau * z;
        double const s = risks.spread;
        if (!(s > 0)) {
            auto const one = treatment_.at(treated);
            auto const other = control_.at(controlled);
            return {one.value + other.value, one.slope, other.slope, 0};
        }
        // The peak, by Newton's method on a concave function; near it is near enough.
        double b = start;
        double curvature = 1;
        for (int i = 0; i < 40; ++i) {
            auto const one = treatment_.at(treated + s * b);
            auto const other = control_.at(controlled + s * b);
            curvature = 1 - s * s * (one.curvature + other.curvature);
            double const move = (s * (one.slope + other.slope) - b) / curvature;
            // Where the likelihood is flat a step may go too far.
            b += move > 2 ? 2 : move < -2 ? -2 : move;
            if (move * move * curvature < 1e-3) {
                break;
            }
        }
        start = b;
        double const step = rule.step_for(curvature, s);
        double height = 0;
        double top = -infinity<double>();
        double sum = 0;
        double by_treatment = 0;
        double by_control = 0;
        double by_spread = 0;
        auto const point = [&](double const at) {
            auto const one = treatment_.at(treated + s * at);
            auto const other = control_.at(controlled + s * at);
            double const log = one.value + other.value - at * at / 2;
            if (!(sum > 0) || log > height + 200) {
                double const shrink = sum > 0 ? std::exp(height - log) : 0;
                for (double* const value : {&sum, &by_treatment, &by_control, &by_spread}) {
                    *value *= shrink;
                }
                height = log;
            }
            top = top < log ? log : top;
            double const term = std::exp(log - height);
            sum += term;
            by_treatment += term * one.slope;
            by_control += term * other.slope;
            by_spread += term * at * (one.slope + other.slope);
            return log > top - rule.reach;
        };
        for (double i = 0; point(b + i * step); ++i) {
        }
        for (double i = -1; point(b + i * step); --i) {
        }
        return {height + std::log(sum * step) - log_root_two_pi, by_treatment / sum, by_control / sum,
                by_spread / sum};
    }

    /// A sum of terms that are given as logarithms, with the means of slopes.
    struct sums {
        double height = -infinity<double>();
        double total = 0;
        std::array<double, 5> slope = {};

        /// \param conditional the slope of the log-likelihood given the margin, where that is divided out
        void add(double const log, line_sum const& at, double const z, arm_risks const& risks,
                 double const conditional) {
            if (log > height + 200 || !(total > 0)) {
                double const shrink = std::exp(height - log);
                total *= shrink;
                for (double& value : slope) {
                    value *= shrink;
                }
                height = log;
            }
            double const term = std::exp(log - height);
            double const both = at.by_treatment + at.by_control;
            total += term;
            slope[0] += term * both;
            slope[1] += term * at.by_spread;
            slope[2] +=
                term * z * (risks.share * at.by_treatment - (1 - risks.share) * at.by_control - conditional);
            slope[3] += term * risks.tau * z * both;
            slope[4] += term * ((at.by_treatment - at.by_control) / 2 - conditional);
        }
        [[nodiscard]] risk_slopes result(double const log_step) const {
            auto answer = risk_slopes{height + std::log(total) + log_step, slope};
            for (double& value : answer.slope) {
                value /= total;
            }
            return answer;
        }
    };

    binomial_count<double> treatment_;
    binomial_count<double> control_;
    noncentral_hypergeometric<double> given_margin_;
    double events_;
    double total_;
};

} // namespace accrue::detail
