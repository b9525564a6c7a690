#pragma once

/// \file
/// Spending functions: how much of the error a monitored trial may have spent at an information fraction.
///
/// Late spending, the convention for reviews, makes early boundaries strict and the last one hardly stricter
/// than a single test: `lan_demets_obrien_fleming`. Early spending stops sooner when the effect is large and
/// has a stricter last boundary: `lan_demets_pocock`. One number chooses between the two in `kim_demets`,
/// `hwang_shih_decani` and `exponential_spending`; two points that the plan names, in `quantile_spending`;
/// any points, in `piecewise_linear_spending`. `only_at`, `gapped_spending`, `trimmed_spending` and
/// `truncated_spending` change when another function spends.

#include <accrue/sequential/spending/any_spending_function.hpp>
#include <accrue/sequential/spending/beta_distribution_spending.hpp>
#include <accrue/sequential/spending/exponential_spending.hpp>
#include <accrue/sequential/spending/gapped_spending.hpp>
#include <accrue/sequential/spending/hwang_shih_decani.hpp>
#include <accrue/sequential/spending/kim_demets.hpp>
#include <accrue/sequential/spending/lan_demets_obrien_fleming.hpp>
#include <accrue/sequential/spending/lan_demets_pocock.hpp>
#include <accrue/sequential/spending/only_at.hpp>
#include <accrue/sequential/spending/piecewise_linear_spending.hpp>
#include <accrue/sequential/spending/quantile_spending.hpp>
#include <accrue/sequential/spending/spending_function.hpp>
#include <accrue/sequential/spending/student_t_spending.hpp>
#include <accrue/sequential/spending/trimmed_spending.hpp>
#include <accrue/sequential/spending/truncated_spending.hpp>
#include <accrue/sequential/spending/xi_gallo.hpp>
