// Writes the qualification dossier of this build on this machine: accrue_dossier SOURCE RESULTS.xml PAGE.md
// FLAGS. tests/qualify.sh calls it. The exit status is 0 when all passes.

#include "installation.hpp"
#include "performance.hpp"
#include "trace.hpp"

int main(int const count, char** const arguments) {
    using namespace accrue::qualification;
    if (count != 5) {
        std::cerr << "accrue_dossier SOURCE RESULTS.xml PAGE.md FLAGS\n";
        return 2;
    }
    auto const source = std::filesystem::path(arguments[1]);
    auto file = std::ofstream(arguments[3]);
    auto out = page(file);
    file << "# Qualification of accrue on this machine\n\n";
    out.paragraph(
        "This page qualifies one build on one machine: it records that the library computes there what it "
        "promises. It "
        "qualifies nobody's process; whether the methods suit a question, and whether data went in as they "
        "should, it cannot "
        "tell. It was written by `sh tests/qualify.sh`; `docs/qualification/README.md` says how to read it.");
    installation(out, arguments[4]);
    operation(out, source, results(arguments[2]));
    performance(out);
    out.heading("Result");
    if (out.failures().empty()) {
        out.paragraph("**Pass.**");
    } else {
        out.paragraph("**FAIL**:");
        for (auto const& failure : out.failures()) {
            file << "- " << failure << '\n';
            std::cout << "FAIL  " << failure << '\n';
        }
    }
    std::cout << "accrue: qualification " << (out.failures().empty() ? "passed" : "FAILED") << ": "
              << arguments[3] << '\n';
    return file && out.failures().empty() ? 0 : 1;
}
