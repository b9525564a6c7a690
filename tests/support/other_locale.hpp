#pragma once

#include <clocale>
#include <cstdlib>
#include <locale>
#include <string>

namespace accrue::test {

/// While it lives, numbers are written with a comma and with points between thousands: by streams whatever is
/// installed, by the C library where a German locale is (CMake builds one, `ACCRUE_LOCALES` names its
/// folder).
class other_locale {
  public:
    other_locale() : before_(std::locale::global(std::locale(std::locale::classic(), new commas))) {
#ifdef ACCRUE_LOCALES
        setenv("LOCPATH", ACCRUE_LOCALES, 1);
#endif
        for (auto const* const name : {"de_DE.UTF-8", "de_DE.utf8"}) {
            c_library_ = c_library_ || std::setlocale(LC_ALL, name) != nullptr;
        }
    }
    ~other_locale() {
        std::setlocale(LC_ALL, "C");
        std::locale::global(before_);
    }
    other_locale(other_locale const&) = delete;
    other_locale& operator=(other_locale const&) = delete;

    /// Whether `printf` writes commas as well.
    [[nodiscard]] bool reaches_the_c_library() const {
        return c_library_ && *std::localeconv()->decimal_point == ',';
    }

  private:
    struct commas : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };

    std::locale before_;
    bool c_library_ = false;
};

} // namespace accrue::test
