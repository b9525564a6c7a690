// The headers among what other people's programs have before them: names brought in from other libraries,
// objects with short names, macros called min, max, all, near and far. All headers must compile all the same.

#include <Eigen/Dense>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cmath>
#include <complex>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#ifdef ACCRUE_WITH_EIGEN
using namespace Eigen;
#endif
#ifdef ACCRUE_WITH_GLOBALS
struct everything {};
inline everything all;
inline everything sum;
inline everything square;
inline everything check;
inline everything require;
#else
using namespace std;
using namespace std::views;
#endif

#ifdef ACCRUE_WITH_MACROS
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
// Those of windows.h and of Xlib.h.
#define near
#define far
#define small char
#define hyper __int64
#define interface struct
#define None 0L
#define Bool int
#define Status int
#define Success 0
// As many programs of competitions have it.
#define all(x) (x).begin(), (x).end()
#endif

#include <accrue/accrue.hpp>
#include <accrue/dependence.hpp>
#include <accrue/plotting.hpp>
#include <accrue/regression.hpp>

int main() {
    auto const trials = std::vector<accrue::two_arms<accrue::events>>{
        {{.count = 4, .total = 100}, {.count = 9, .total = 100}},
        {{.count = 6, .total = 80}, {.count = 8, .total = 80}}};
    auto const estimates = accrue::effects(accrue::log_odds_ratio{}, trials);
    auto batch = accrue::pool_each(accrue::random_effects{}, accrue::study_matrix{{}, {}, 0});
    auto studies = accrue::evidence_accumulator{};
    studies.add(estimates[0]).add(estimates[1]);
    return accrue::pool(accrue::random_effects{}, studies).k == 2 && batch.size() == 0 ? 0 : 1;
}
