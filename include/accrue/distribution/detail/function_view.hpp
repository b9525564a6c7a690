#pragma once

#include <accrue/platform.hpp>

#include <concepts>
#include <memory>
#include <type_traits>

namespace accrue::detail {

/// A function that is called while the view lasts, and not kept: what takes a view is compiled once for all
/// functions of a signature.
template <class Result, class Argument>
class function_view {
  public:
    template <class Function>
        requires(!std::same_as<Function, function_view> &&
                 std::is_invocable_r_v<Result, Function const&, Argument const&>)
    explicit function_view(Function const& function)
        : function_(std::addressof(function)), call_([](void const* const self, Argument const& x) -> Result {
              return (*static_cast<Function const*>(self))(x);
          }) {}

    Result operator()(Argument const& x) const { return call_(function_, x); }

  private:
    void const* function_;
    Result (*call_)(void const*, Argument const&);
};

} // namespace accrue::detail
