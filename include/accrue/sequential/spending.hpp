#pragma once

/// \file
/// Spending functions: how much of the error a monitored trial may have spent at an information fraction.

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
