// Posteriors in double and at 50 digits.

#include "accuracy/studies.hpp"
#include <accrue/bayes.hpp>

namespace {

using namespace accrue;
using namespace accrue::test;

template <class Real>
void posterior(std::span<Real const> const numbers, statistics<Real>& out) {
    auto const found = basic_posterior(as_estimates(numbers), normal_prior{0, 4}, half_normal{0.5});
    out("posterior: log marginal likelihood", found.log_marginal_likelihood);
    auto const mean = found.mean();
    out("posterior: mean of the mean", mean.mean());
    out("posterior: SD of the mean", mean.sd());
    out("posterior: 97.5 % quantile of the mean", mean.quantile(Real(0.975)));
    out("posterior: probability below 0", mean.probability(Real(0)));
    auto const tau = found.tau();
    out("posterior: mean of tau", tau.mean());
    out("posterior: SD of tau", tau.sd());
    out("posterior: median of tau", tau.quantile(Real(0.5)));
    out("posterior: mean of a new study", found.new_study().mean());
    out("posterior: mean of a study", found.study(0).mean());
}

} // namespace

int main(int argc, char** argv) {
    auto table = accuracy_table("Posteriors", argc, argv);
    auto source = study_source(6, 10);
    for (int i = 0; i < table.cases(1); ++i) {
        table.compare(source(), [](auto const numbers, auto& out) { posterior(numbers, out); });
    }
    return table.finish();
}
