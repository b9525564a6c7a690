"""Pictures in fonts that they were not laid out for: python3 fonts.py PICTURES_PROGRAM CHROMIUM

Every picture of the gallery of tests/plotting/pictures.cpp is shown by a headless browser in narrow, wide and
fixed-width fonts, and once more without textLength, as viewers show it that do not know it (librsvg), in the fonts
that such a system has. No text may touch another or leave the picture. Python's own library is enough.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

program, chromium = sys.argv[1:3]

SCRIPT = """
const found = {measured: 0, touching: [], outside: [], stretched: [], widths: {}};
const size = (text) => Number(text.getAttribute('font-size'));
const boxOf = (text, frame) => {
    const rect = text.getBoundingClientRect();
    const x = Number(text.getAttribute('x')), y = Number(text.getAttribute('y'));
    return text.hasAttribute('transform')
        ? {left: x - 0.74 * size(text), right: x + 0.22 * size(text), top: rect.top - frame.top, bottom: rect.bottom - frame.top}
        : {left: rect.left - frame.left, right: rect.right - frame.left, top: y - 0.74 * size(text), bottom: y + 0.22 * size(text)};
};
const probe = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
probe.append(document.createElementNS('http://www.w3.org/2000/svg', 'text'));
probe.firstChild.textContent = 'Will 13 millimetres fit?';
document.body.append(probe);
for (const font of ['Liberation Sans', 'Liberation Sans Narrow', 'DejaVu Sans', 'DejaVu Serif', 'Liberation Mono', 'none']) {
    probe.setAttribute('font-family', font === 'none' ? 'A Font That Is Not There' : font);
    found.widths[font] = probe.firstChild.getComputedTextLength();
}
probe.remove();
for (const picture of document.querySelectorAll('svg')) {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll('text')];
    const natural = texts.map((text) => text.getAttribute('textLength'));
    for (const [fonts, keeps] of [[['Liberation Sans Narrow', 'DejaVu Sans', 'DejaVu Serif', 'Liberation Mono'], true],
                                  [['Liberation Sans', 'DejaVu Sans'], false]]) {
        for (const font of fonts) {
            picture.setAttribute('font-family', font);
            texts.forEach((text, i) => keeps && natural[i] ? text.setAttribute('textLength', natural[i])
                                                           : text.removeAttribute('textLength'));
            const boxes = texts.map((text) => boxOf(text, frame));
            boxes.forEach((box, i) => {
                const where = `${picture.parentNode.title}, ${font}${keeps ? '' : ' without textLength'}: '${texts[i].textContent}'`;
                ++found.measured;
                if (box.left < -1 || box.right > frame.width + 1 || box.top < -1 || box.bottom > frame.height + 1) {
                    found.outside.push(where);
                }
                if (keeps && natural[i] > 2 * size(texts[i]) && !texts[i].hasAttribute('transform')) {
                    const share = (box.right - box.left) / natural[i];
                    if (share > 1.1) { found.stretched.push(`${where} ${share}`); }
                }
                for (let j = 0; j < i; ++j) {
                    const other = boxes[j];
                    if (box.left < other.right - 0.5 && other.left < box.right - 0.5 && box.top < other.bottom - 0.5 &&
                        other.top < box.bottom - 0.5) {
                        found.touching.push(`${where} and '${texts[j].textContent}'`);
                    }
                }
            });
        }
    }
}
document.body.replaceChildren('FOUND' + JSON.stringify(found) + 'END');
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "--gtest_filter=*AreWellFormed*"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "ACCRUE_PICTURES": folder})
        names = sorted(name for name in os.listdir(folder) if name.endswith(".svg"))
        assert len(names) >= 30, f"only {len(names)} pictures"
        page = os.path.join(folder, "page.html")
        with open(page, "w", encoding="utf-8") as file:
            file.write("<!doctype html><meta charset='utf-8'><body>")
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as picture:
                    file.write(f"<div title=\"{name}\">{picture.read()}</div>\n")
            file.write(f"<script>{SCRIPT}</script></body>")
        shown = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                                "--dump-dom", f"file://{page}"], check=True, capture_output=True, text=True).stdout
    found = json.loads(re.search("FOUND(.*)END", shown, re.S).group(1).replace("&lt;", "<").replace("&gt;", ">")
                       .replace("&amp;", "&"))
    # A font that is missing is drawn as another, and nothing would be tried: skipped.
    widths = sorted(found["widths"].values())
    if not all(after - before > 1 for before, after in zip(widths, widths[1:])):
        print(f"fonts are missing (Debian: fonts-liberation, fonts-dejavu): the same words are so wide: {found['widths']}")
        sys.exit(77)
    assert found["measured"] > 3000, found["measured"]
    assert not found["touching"], "\n".join(found["touching"][:20])
    assert not found["outside"], "\n".join(found["outside"][:20])
    assert not found["stretched"], "\n".join(found["stretched"][:20])
    print(f"{found['measured']} texts in {len(names)} pictures and five fonts: none touches another")


main()
