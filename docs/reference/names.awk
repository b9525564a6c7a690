# awk -f names.awk HEADERS: the public names that headers declare at the left margin, one a line.
/^namespace [a-z_:]*detail/ { workshop = 1 }
/^\} *\/\/ namespace [a-z_:]*detail/ { workshop = 0 }
workshop { next }
/^enum class [a-z_0-9]+/ { print $3; next }
/^(struct|class|concept|using) [a-z_0-9]+/ { name = $2; sub(/[^a-z_0-9].*/, "", name); print name; next }
/^\[\[nodiscard\]\] [^(]* [a-z_0-9]+\(/ { sub(/\(.*/, ""); print $NF; next }
/^inline constexpr/ && / [a-z_0-9]+(\{| =)/ { sub(/[{=].*/, ""); print $NF }
