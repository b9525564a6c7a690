// The reader of tables of the program `accrue`.

#include "csv.hpp"

#include "fuzz/fuzz.hpp"

using namespace accrue::test;

void fuzz(std::span<std::uint8_t const> const bytes) {
    auto in = byte_source(bytes);
    auto dialect = command::csv_dialect{};
    auto const kind = in.up_to(5);
    dialect.delimiter = kind == 1 ? ';' : kind == 2 ? '\t' : kind == 3 ? ',' : '\0';
    dialect.decimal_comma = kind == 1 || kind == 4;
    auto const rest = in.rest();
    auto const try_cell = [](auto const& read) {
        try {
            read();
        } catch (command::bad_input const& refusal) {
            require(!std::string_view(refusal.what()).empty(), "a refusal says why");
        } catch (command::usage_error const&) {
        }
    };
    try_cell([&] {
        auto const table = command::table(std::string(rest.begin(), rest.end()), "input", dialect);
        require(table.rows() > 0, "a table has rows");
        for (std::size_t row = 0; row < table.rows(); ++row) {
            for (std::size_t place = 0; place < table.header().size(); ++place) {
                static_cast<void>(table.text(row, place));
                static_cast<void>(table.is_missing(row, place));
                try_cell([&] { require_finite(table.number(row, place), "a number that is read"); });
                try_cell([&] { require(table.positive(row, place) > 0, "a positive number that is read"); });
            }
        }
    });
}
