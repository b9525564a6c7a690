# Doxygen reads each file through this (awk -v names=LIST -f filter.awk FILE): `name` becomes a link where LIST, which
# holds a name a line, has it; what a folder's headers declare becomes a member of the folder's group, and the story
# that its umbrella tells becomes the group's text. Formulas are typeset by formula.awk. Line numbers are kept.
BEGIN {
    while ((getline line < names) > 0) known[line] = 1
    markdown = ARGV[1] ~ /\.(md|dox)$/
    path = ARGV[1]
    sub(/.*\/include\/accrue\//, "", path)
    umbrella = 0
    if (path ~ /\//) {
        group = path
        sub(/\/[^\/]*$/, "", group)
        if (path ~ /^sequential\/[a-z_]+\.hpp$/) {
            umbrella = 1
            group = path
            sub(/\.hpp$/, "", group)
        }
    } else {
        group = path
        sub(/\.hpp$/, "", group)
        # A folder's umbrella includes headers of the folder; other headers of the root are words of every layer.
        while ((getline line < ARGV[1]) > 0)
            if (index(line, "#include <accrue/" group "/")) umbrella = 1
        close(ARGV[1])
        if (group == "accrue") umbrella = 0
        if (!umbrella) group = "words"
    }
    title = group
    gsub(/_/, " ", title)
    gsub(/\//, ": ", title)
    parent = umbrella && group ~ /\// ? "sequential" : ""
    gsub(/\//, "_", group)
}

# The text with each known `name` outside links and code as a reference.
function linked(text,    result, name) {
    result = ""
    while (match(text, /`[a-z][a-z_0-9]*`/)) {
        name = substr(text, RSTART + 1, RLENGTH - 2)
        result = result substr(text, 1, RSTART - 1)
        result = result (name in known ? "\\ref accrue::" name " \"" name "\"" : "`" name "`")
        text = substr(text, RSTART + RLENGTH)
    }
    return result text
}
markdown && /^ *```/ { fenced = !fenced }
# Doxygen finds pictures by the end of their path.
markdown && !fenced { gsub(/\]\(\.\.\/pictures\//, "](pictures/") }
markdown { print fenced || /^#|^    |\]\(/ ? $0 : linked($0); next }
umbrella && /^\/\/\/ \\file/ { print "/// \\folder{" group "," title "}"; next }
!umbrella && /^namespace accrue \{/ { print $0 " /** \\members_of{" group "} */"; next }
!umbrella && /^\} *\/\/ namespace accrue$/ { print "/** @} */ " $0; next }
match($0, /\/\/\/     +/) { # a formula, or code
    typeset = mathml(substr($0, RSTART + RLENGTH))
    print typeset == "" ? $0 : substr($0, 1, RSTART - 1) "/// \\htmlonly[block]" typeset "\\endhtmlonly"
    next
}
match($0, /\/\/\/.*/) { comment = substr($0, RSTART); print substr($0, 1, RSTART - 1) linked(comment); next }
{ print }
END { if (parent) print "/** \\part_of{" group "," parent "} */" }
