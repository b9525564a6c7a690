# Typesets the formulas of the headers, which are written to be read there: `sum w (y - mean)² / (k - 1)` becomes MathML,
# which browsers show without a script. A line that is no formula of this grammar is left as it is:
#
#   relation:  sum_of {(= | <= | >= | < | > | ~) sum_of}
#   sum_of:    quotient {(+ | - | ±) quotient}
#   quotient:  product { / product}            a slash between spaces: the products on both sides
#   product:   ratio {ratio}                   side by side; `sum`, `log`, `tr`, ... take all that follows
#   ratio:     power {/power}                  a slash without spaces: the powers on both sides
#   power:     primary {² | ³ | ^primary | _name | '}
#   primary:   number | name | (list) | [list] | |sum_of| | √primary
#
# mathml(text) returns the markup, or nothing where the text is no formula.

function spelled(word) {
    if (word in greek) return greek[word]
    return word
}

# Puts the tokens of the text into token[], with kind[] and whether a space stands before, spaced[].
function tokenise(text,    i, found, gap, word, k) {
    count = 0
    while (text != "") {
        gap = sub(/^ +/, "", text)
        if (text == "") break
        word = ""
        for (k = 1; k <= symbols; ++k)
            if (index(text, symbol[k]) == 1) {
                word = symbol[k]
                break
            }
        if (word != "") {
            found = length(word)
            kind[++count] = word in greek_letters ? "name" : "symbol"
        } else if (match(text, /^[0-9]+(\.[0-9]+)?/)) {
            found = RLENGTH
            kind[++count] = "number"
        } else if (match(text, /^[A-Za-z]+[0-9]?(_[A-Za-z0-9]+)?/)) {
            found = RLENGTH
            kind[++count] = "name"
        } else {
            return 0
        }
        token[count] = substr(text, 1, found)
        spaced[count] = gap
        text = substr(text, found + 1)
    }
    token[count + 1] = ""
    kind[count + 1] = "end"
    spaced[count + 1] = 1
    return count > 0
}

function is(what) { return kind[at] != "end" && token[at] == what }

function identifier(word,    base, index_part) {
    index_part = ""
    if (match(word, /_[A-Za-z0-9]+$/)) {
        index_part = substr(word, RSTART + 1)
        base = substr(word, 1, RSTART - 1)
    } else if (match(word, /[0-9]$/)) {
        index_part = substr(word, RSTART)
        base = substr(word, 1, RSTART - 1)
    } else {
        base = word
    }
    base = spelled(base)
    if (length(base) > 1 && !(base in greek_letters)) base = "<mi mathvariant=\"normal\">" base "</mi>"
    else base = "<mi>" base "</mi>"
    if (index_part == "") return base
    if (index_part ~ /^[0-9]+$/) index_part = "<mn>" index_part "</mn>"
    else index_part = "<mi>" index_part "</mi>"
    return "<msub>" base index_part "</msub>"
}

function operator(text) { return "<mo>" text "</mo>" }

# A list between brackets; `bare` holds its content, where a fraction needs no brackets.
function bracketed(opening, closing,    content) {
    ++at
    content = relation()
    while (!failed && is(",")) {
        ++at
        content = content operator(",") relation()
    }
    if (failed || !is(closing)) {
        failed = 1
        return ""
    }
    ++at
    bare = "<mrow>" content "</mrow>"
    return "<mrow>" operator(opening) content operator(closing) "</mrow>"
}

function primary(    word, inner) {
    bare = ""
    if (kind[at] == "number") return "<mn>" token[at++] "</mn>"
    if (is("½") || is("¼")) {
        inner = is("½") ? 2 : 4
        ++at
        return "<mfrac><mn>1</mn><mn>" inner "</mn></mfrac>"
    }
    if (is("(")) return bracketed("(", ")")
    if (is("[")) return bracketed("[", "]")
    if (is("|")) return bracketed("|", "|")
    if (is("√")) {
        ++at
        inner = power()
        if (bare != "") inner = bare
        bare = ""
        return "<msqrt>" inner "</msqrt>"
    }
    if (kind[at] == "name") {
        word = token[at]
        if (word == "sqrt" && token[at + 1] == "(") {
            ++at
            bracketed("(", ")")
            inner = bare
            bare = ""
            return "<msqrt>" inner "</msqrt>"
        }
        if (word in prose) {
            failed = 1
            return ""
        }
        ++at
        # Two words in a row are a sentence.
        if (length(word) > 3 && kind[at] == "name" && length(token[at]) > 3 && !(word in operators)) failed = 1
        inner = identifier(word)
        if (is("̄")) {
            ++at
            inner = "<mover>" inner "<mo>¯</mo></mover>"
            if (kind[at] == "number" && !spaced[at]) inner = "<msub>" inner "<mn>" token[at++] "</mn></msub>"
            bare = ""
        }
        return inner
    }
    failed = 1
    return ""
}

function power(    base, raised, kept) {
    base = primary()
    kept = bare
    while (!failed) {
        if (is("²") || is("³") || is("⁴")) {
            raised = is("²") ? 2 : is("³") ? 3 : 4
            ++at
            base = "<msup>" base "<mn>" raised "</mn></msup>"
        } else if (is("⁻¹")) {
            ++at
            base = "<msup>" base "<mrow><mo>-</mo><mn>1</mn></mrow></msup>"
        } else if (is("'")) {
            ++at
            base = "<msup>" base "<mo>&#8242;</mo></msup>"
        } else if (is("_") && kind[at + 1] == "name") {
            base = "<msub>" base "<mi>" token[at + 1] "</mi></msub>"
            at += 2
        } else if (is("^")) {
            ++at
            if (is("-") && kind[at + 1] == "number") {
                ++at
                raised = "<mrow><mo>-</mo>" primary() "</mrow>"
            } else {
                raised = primary()
            }
            if (bare != "") raised = bare
            base = "<msup>" base raised "</msup>"
        } else {
            break
        }
        kept = ""
    }
    bare = kept
    return base
}

function fraction(above, bare_above, below, bare_below) {
    return "<mfrac><mrow>" (bare_above != "" ? bare_above : above) "</mrow><mrow>" (bare_below != "" ? bare_below : below) "</mrow></mfrac>"
}

function ratio(    left, kept, right) {
    left = power()
    kept = bare
    while (!failed && is("/") && !spaced[at] && !spaced[at + 1]) {
        ++at
        right = power()
        left = fraction(left, kept, right, bare)
        kept = ""
    }
    bare = kept
    return left
}

function starts_primary() {
    return kind[at] == "number" || kind[at] == "name" || is("(") || is("[") || is("√") || is("½") || is("¼") || (is("|") && spaced[at])
}

function product(    result, kept, n) {
    result = ""
    n = 0
    kept = ""
    do {
        if (kind[at] == "name" && token[at] ~ /^sum(_[A-Za-z])?$/) {
            result = result (token[at] == "sum" ? "<mo>&#8721;</mo>" : "<munder><mo>&#8721;</mo><mi>" substr(token[at], 5) "</mi></munder>")
            ++at
            if (!starts_primary()) failed = 1
        } else {
            result = result (n > 0 ? "<mspace width=\"0.15em\"/>" : "") ratio()
            kept = bare
        }
        ++n
    } while (!failed && starts_primary())
    bare = n == 1 ? kept : ""
    return result
}

function quotient(    left, kept, right, sign) {
    sign = ""
    if (is("-") || is("±")) {
        sign = operator(is("-") ? "&#8722;" : "±")
        ++at
    }
    left = product()
    kept = bare
    while (!failed && is("/") && spaced[at] && spaced[at + 1]) {
        ++at
        right = product()
        left = fraction(left, kept, right, bare)
        kept = ""
    }
    bare = sign == "" ? kept : ""
    return sign left
}

function sum_of(    result, n) {
    result = quotient()
    n = 1
    while (!failed && (is("+") || is("-") || is("±"))) {
        result = result operator(is("-") ? "&#8722;" : token[at])
        ++at
        result = result quotient()
        ++n
    }
    if (n > 1) bare = ""
    return result
}

function relation(    result, sign) {
    result = sum_of()
    while (!failed && (token[at] in relations) && kind[at] != "end") {
        sign = relations[token[at]]
        ++at
        result = result operator(sign) sum_of()
    }
    return result
}

# The parts of a line that stand three spaces apart: formulas, and after the first one words too.
function mathml(text,    parts, n, i, piece, markup, tail) {
    if (text ~ /[{};`"]|::|->|auto |estimates/ || text ~ /^[a-z]+_[a-z_]+ / || text !~ /[=\/<>~±]/) return "" # code, a table, a word
    gsub(/,  +/, ",   ", text)
    n = split(text, parts, /   +/)
    markup = ""
    for (i = 1; i <= n; ++i) {
        tail = ""
        if (match(parts[i], /[.,]+$/)) tail = substr(parts[i], RSTART)
        piece = substr(parts[i], 1, length(parts[i]) - length(tail))
        failed = 0
        at = 1
        markup = markup (i > 1 ? "<mspace width=\"2em\"/>" : "")
        if (!tokenise(piece)) failed = 1
        if (!failed) piece = relation()
        if (failed || at <= count) {
            if (i == 1) return ""
            piece = parts[i]
            tail = ""
            gsub(/&/, "\\&amp;", piece)
            gsub(/</, "\\&lt;", piece)
            gsub(/>/, "\\&gt;", piece)
            piece = "<mtext>" piece "</mtext>"
        }
        markup = markup piece (tail != "" ? "<mtext>" tail "</mtext>" : "")
    }
    return "<math display=\"block\"><mrow>" markup "</mrow></math>"
}

BEGIN {
    split("tau τ theta θ phi φ Phi Φ lambda λ pi π psi ψ gamma γ chi χ drift δ rho ρ", pair, " ")
    for (i = 1; i in pair; i += 2) {
        greek[pair[i]] = pair[i + 1]
        greek_letters[pair[i + 1]] = 1
    }
    delete greek["drift"]
    symbols = split("<= >= ² ³ ⁴ ⁻¹ ½ ¼ √ ± τ φ Φ θ λ ω Γ Σ ̄ ( ) [ ] | _ + - / ^ ' , = < > ~", symbol, " ")
    relations["="] = "="
    relations["<="] = "&#8804;"
    relations[">="] = "&#8805;"
    relations["<"] = "&lt;"
    relations[">"] = "&gt;"
    relations["~"] = "~"
    split("sum log ln tr det exp max min logit asin diag var cosh", pair, " ")
    for (i in pair) operators[pair[i]] = 1
    split("of the which where with and or if is a that in for to by at on than otherwise on at over i.e", pair, " ")
    for (i in pair) prose[pair[i]] = 1
    delete prose["a"] # a cell of a table, a weight
}
