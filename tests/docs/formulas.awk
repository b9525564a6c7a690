# awk -f docs/reference/formula.awk -f formulas.awk: formulas become the markup that they mean, and what is none stays.
function expect(text, markup,    found) {
    found = mathml(text)
    gsub(/<math display="block"><mrow>|<\/mrow><\/math>/, "", found)
    if (found != markup) {
        print text "\n    is       " found "\n    expected " markup
        ++failures
    }
    ++cases
}
BEGIN {
    expect("w = 1/v", "<mi>w</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>v</mi></mrow></mfrac>")
    # A slash between spaces divides the products on both sides, one without spaces its neighbours alone.
    expect("x = a b / c", "<mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mspace width=\"0.15em\"/><mi>b</mi></mrow><mrow><mi>c</mi></mrow></mfrac>")
    expect("x = a b/c", "<mi>x</mi><mo>=</mo><mi>a</mi><mspace width=\"0.15em\"/><mfrac><mrow><mi>b</mi></mrow><mrow><mi>c</mi></mrow></mfrac>")
    # A fraction needs no brackets around what it divides.
    expect("x = (a - b) / n1", "<mi>x</mi><mo>=</mo><mfrac><mrow><mrow><mi>a</mi><mo>&#8722;</mo><mi>b</mi></mrow></mrow><mrow><msub><mi>n</mi><mn>1</mn></msub></mrow></mfrac>")
    expect("tau² >= 0", "<msup><mi>τ</mi><mn>2</mn></msup><mo>&#8805;</mo><mn>0</mn>")
    expect("Q = sum w", "<mi>Q</mi><mo>=</mo><mo>&#8721;</mo><mspace width=\"0.15em\"/><mi>w</mi>")
    expect("y = sqrt(v),   v the variance < 1", "<mi>y</mi><mo>=</mo><msqrt><mrow><mi>v</mi></mrow></msqrt><mtext>,</mtext><mspace width=\"2em\"/><mtext>v the variance &lt; 1</mtext>")
    expect("pool(random_effects{}, estimates)", "")
    expect("auto const x = 3;", "")
    expect("log_odds_ratio   log(a d / (b c))", "")
    expect("the share of reviews = 1", "")
    expect("x = (a + b", "")
    print cases " formulas, " failures + 0 " wrong"
    exit failures > 0
}
