#pragma once

/// \file
/// Spending functions: how much of the error a monitored trial may have spent at an information fraction.

#include <accrue/sequential/spending/hwang_shih_decani.hpp>
#include <accrue/sequential/spending/kim_demets.hpp>
#include <accrue/sequential/spending/lan_demets_obrien_fleming.hpp>
#include <accrue/sequential/spending/lan_demets_pocock.hpp>
#include <accrue/sequential/spending/spending_function.hpp>
