// The page around the program accrue: from the form to its options, and from its JSON to tables.
"use strict";

const at = (id) => document.getElementById(id);
const measures = {
    RR: "risk ratio", OR: "odds ratio", RD: "risk difference", AS: "arcsine difference",
    MD: "mean difference", SMD: "standardised mean difference", ROM: "ratio of means",
    IRR: "incidence rate ratio", IRD: "incidence rate difference",
    PR: "proportion", PLO: "proportion, by logits", COR: "correlation", ZCOR: "correlation, by Fisher's z",
    MN: "mean", GEN: "effects as given (yi, vi)", LOG: "logarithms of ratios (yi, vi)", RATIO: "ratios with intervals",
};
const needs = {
    RR: "ai n1i ci n2i, or ai bi ci di", MD: "n1i m1i sd1i n2i m2i sd2i", IRR: "x1i t1i x2i t2i", PR: "xi ni",
    COR: "ni ri", MN: "ni mi sdi", GEN: "yi, and vi, sei or ci.lb ci.ub", RATIO: "yi ci.lb ci.ub",
};
Object.assign(needs, {OR: needs.RR, RD: needs.RR, AS: needs.RR, SMD: needs.MD, ROM: needs.MD, IRD: needs.IRR,
    PLO: needs.PR, ZCOR: needs.COR, LOG: needs.GEN});
const ratios = ["RR", "OR", "ROM", "IRR", "LOG", "RATIO"];

for (const [name, title] of Object.entries(measures)) at("measure").add(new Option(`${name}: ${title}`, name));

const worker = new Worker("worker.js");
let wanted = 0;         // the number of the last question; answers to earlier ones are stale
let saved = {};         // what the buttons save, by file name
let header = "";        // of the table that choices were made for

const columnsOf = (text) => {
    const line = text.replace(/^\ufeff/, "").split(/\r?\n/).find((row) => row.trim()) || "";
    const mark = [";", "\t", ","].find((each) => line.includes(each)) || ",";
    return line.split(mark).map((cell) => cell.trim().replace(/^"|"$/g, ""));
};

// Another table: what its columns allow is chosen beforehand.
function meet(columns) {
    const has = (...names) => names.every((name) => columns.includes(name));
    at("measure").value = has("ai", "ci") ? "RR" : has("m1i", "m2i") ? "SMD" : has("x1i") ? "IRR" : has("xi", "ni") ? "PLO"
        : has("ri") ? "ZCOR" : has("mi", "sdi") ? "MN" : "GEN";
    for (const id of ["by", "order", "cluster", "on", "factor"]) {
        at(id).replaceChildren(new Option(id === "order" ? "as in the table" : "none", ""),
                               ...columns.filter(Boolean).map((name) => new Option(name, name)));
    }
    if (columns.includes("year")) at("order").value = "year";
    if (columns.includes("cluster")) at("cluster").value = "cluster";
    at("effect").value = at("risk").value = at("sd").value = "";
}

function optionsFor(name) {
    const words = [name, "data.csv", "--measure", at("measure").value];
    if (at("order").value) words.push("--order", at("order").value);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const width = Math.round(Math.min(960, Math.max(520, at("status").clientWidth)));
    return words.concat("--theme", dark ? "dark" : "light", "--width", String(width));
}

function commands() {
    const whole = ["mh", "peto"].includes(at("estimator").value);
    const model = whole ? at("estimator").value : `${at("estimator").value},${at("uncertainty").value}`;
    const pool = optionsFor("pool").concat("--model", model, "--forest", "forest.svg", "--json", "pool.json");
    if (at("cluster").value) pool.push("--cluster", at("cluster").value);
    else if (at("by").value) pool.push("--by", at("by").value);
    const all = [pool];
    if (at("effect").value.trim()) {
        const monitor = optionsFor("monitor").concat("--effect", at("effect").value.trim(), "--alpha", at("alpha").value,
            "--picture", "monitoring.svg", "--json", "monitor.json");
        if (at("method").value === "anytime") {
            monitor.push("--anytime");
        } else {
            monitor.push("--power", at("power").value, "--boundaries", at("method").value);
            for (const [id, option] of [["risk", "--control-risk"], ["sd", "--sd"]]) {
                if (at(id).value.trim()) monitor.push(option, at(id).value.trim());
            }
        }
        all.push(monitor);
    }
    const ofEstimates = whole ? "reml" : model; // Mantel-Haenszel and Peto pool counts alone
    if (at("on").value || at("factor").value) {
        const regress = optionsFor("regress").concat("--model", ofEstimates, "--json", "regress.json");
        if (at("on").value) regress.push("--on", at("on").value, "--bubble", "bubble.svg");
        if (at("factor").value) regress.push("--factor", at("factor").value);
        all.push(regress);
    }
    if (at("small").value) {
        all.push(optionsFor("bias").concat("--model", ofEstimates, "--funnel", "funnel.svg", "--json", "bias.json"));
    }
    return all;
}

const shown = (value) => typeof value !== "number" ? (value ?? "–")
    : Number.isInteger(value) && Math.abs(value) < 1e9 ? String(value)
    : (Math.abs(value) >= 5e-4 && Math.abs(value) < 1e6 ? value.toFixed(3) : value.toExponential(2)).replace("-", "−");

function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
}

// A section of the program's JSON as a table: one of arrays is a list, else a row a quantity.
function tableOf(title, section) {
    const table = element("table");
    table.append(element("caption", title));
    const keys = Object.keys(section);
    const body = table.createTBody();
    if (Array.isArray(section[keys[0]])) {
        const head = table.createTHead().insertRow();
        for (const key of keys) head.append(element("th", key.replace(/_/g, " "), {scope: "col"}));
        section[keys[0]].forEach((_, i) => {
            const row = body.insertRow();
            for (const key of keys) row.insertCell().textContent = shown(section[key][i]);
        });
    } else {
        for (const key of keys) {
            const row = body.insertRow();
            row.append(element("th", key.replace(/_/g, " "), {scope: "row"}));
            row.insertCell().textContent = shown(section[key]);
        }
    }
    const scroll = element("div", undefined, {class: "scroll", tabindex: "0", role: "region", "aria-label": title});
    scroll.append(table);
    return scroll;
}

// What each further command answers: where its sentences stand, under which heading, and its tables' titles.
const answers = {
    monitor: {place: "monitored", heading: "Monitoring", tables: {looks: "Looks", analysis: "Monitoring"}},
    regress: {place: "regressed", heading: "Regression", tables: {coefficients: "Coefficients", regression: "Regression"}},
    bias: {place: "biased", heading: "Small studies", tables: {egger: "Egger's test", begg: "Begg's test",
        trim_and_fill: "Trim and fill", fail_safe_n: "Fail-safe N"}},
};
const titles = {levels: "Three levels", robust: "Whatever the dependence within clusters is", studies: "Studies",
    groups: "Groups", group_test: "Do the groups differ?", pooled: "Pooled", heterogeneity: "Heterogeneity"};

function picture(id, text) {
    at(id).hidden = !text;
    const parsed = text && new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    at(id).querySelector(".picture").replaceChildren(...(parsed ? [document.importNode(parsed, true)] : []));
}

function show(runs, asked) {
    saved = {};
    for (const id of ["pooled", "tables", "monitored", "regressed", "biased"]) at(id).replaceChildren();
    const wrong = runs.filter((run) => run.code !== 0).map((run) => run.errors.replace(/^accrue: /, ""));
    at("status").classList.toggle("wrong", wrong.length > 0);
    at("status").textContent = wrong.join("\n") || "Computed.";
    for (const run of runs) Object.assign(saved, run.made);
    for (const id of ["forest", "monitoring", "bubble", "funnel"]) picture(id, saved[`${id}.svg`]);
    if (saved["pool.json"]) {
        const found = JSON.parse(saved["pool.json"]);
        const {effect, lower, upper, k} = found.pooled;
        const result = element("p", `${measures[found.pooled.measure] || found.pooled.measure} ${shown(effect)} ` +
            `(${shown(lower)} to ${shown(upper)}), ${k} studies`, {class: "big", id: "result"});
        result.dataset.effect = effect;
        result.dataset.lower = lower;
        result.dataset.upper = upper;
        at("pooled").append(element("h2", "Pooled effect"), result, ...found.sentences.map((text) => element("p", text)));
        for (const [key, section] of Object.entries(found)) {
            if (key !== "sentences") at("tables").append(tableOf(titles[key] || key, section));
        }
        at("status").textContent = wrong.length ? at("status").textContent : `Computed: ${result.textContent}.`;
    }
    for (const [name, {place, heading, tables}] of Object.entries(answers)) {
        const text = saved[`${name}.json`];
        if (!text) continue;
        const found = JSON.parse(text);
        at(place).append(element("h2", heading), ...found.sentences.map((each) => element("p", each)));
        for (const [key, title] of Object.entries(tables)) at("tables").append(tableOf(title, found[key]));
    }
    const saves = [...at("saves").children];
    for (const button of saves) button.hidden = !saved[button.dataset.save];
    at("saves").hidden = saves.every((button) => button.hidden);
    at("commands").hidden = false;
    at("commands").querySelector("pre").textContent = asked.map((words) => "accrue " + words.join(" ")).join("\n");
    document.body.dataset.answered = String(wanted);
}

// What models of clusters know; another choice gives way to the first of these.
const ofClusters = {estimator: ["reml"], uncertainty: ["hk", "t", "z"]};

function allow(id, values) {
    for (const option of at(id).options) option.disabled = Boolean(values) && !values.includes(option.value);
    if (values && !values.includes(at(id).value)) at(id).value = values[0];
}

let pause = 0;
function compute() {
    clearTimeout(pause);
    pause = setTimeout(() => {
        const text = at("data").value;
        if (!text.trim()) return;
        const columns = columnsOf(text);
        if (columns.join() !== header) {
            header = columns.join();
            meet(columns);
        }
        const measure = at("measure").value;
        at("hint").textContent = `${measure} needs the columns ${needs[measure]}; slab or study names the studies.`;
        at("by").disabled = Boolean(at("cluster").value);
        allow("estimator", at("cluster").value && ofClusters.estimator);
        allow("uncertainty", at("cluster").value && ofClusters.uncertainty);
        at("uncertainty").disabled = ["mh", "peto"].includes(at("estimator").value);
        at("effect").placeholder = ratios.includes(measure) ? "a ratio: 0.8" : "-0.3";
        const asked = commands();
        at("status").classList.remove("wrong");
        at("status").textContent = "Computing…";
        worker.postMessage({id: ++wanted, files: {"data.csv": text}, commands: asked});
        worker.onmessage = ({data: {id, runs, failed}}) => {
            if (id !== wanted) return;
            if (failed) {
                at("status").classList.add("wrong");
                at("status").textContent = failed;
            } else {
                show(runs, asked);
            }
        };
    }, 150);
}

const take = (text, choices = {}) => {
    at("data").value = text;
    header = columnsOf(text).join();
    meet(columnsOf(text));
    for (const [id, value] of Object.entries(choices)) at(id).value = value;
    compute();
};
const load = (name, choices) => fetch(name).then((answer) => answer.text()).then((text) => take(text, choices));

at("form").addEventListener("input", (event) => event.target.id !== "file" && compute());
at("form").addEventListener("submit", (event) => event.preventDefault());
at("file").addEventListener("change", async ({target}) => target.files[0] && take(await target.files[0].text()));
at("file").addEventListener("focus", () => document.querySelector(".button").classList.add("focus"));
at("file").addEventListener("blur", () => document.querySelector(".button").classList.remove("focus"));
at("example").addEventListener("click", () => load("trials.csv", {by: "alloc", effect: "0.8", risk: "0.01"}));
at("naltrexone").addEventListener("click", () => load("ldn.csv", {effect: "-0.3"}));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", compute);

for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, async (event) => {
        event.preventDefault();
        document.body.classList.toggle("dropping", name === "dragover");
        if (name === "drop" && event.dataTransfer) {
            const [file] = event.dataTransfer.files;
            take(file ? await file.text() : event.dataTransfer.getData("text"));
        }
    });
}
for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
        const name = button.dataset.save;
        const link = element("a", "", {download: name});
        link.href = URL.createObjectURL(new Blob([saved[name]], {type: name.endsWith("svg") ? "image/svg+xml" : "application/json"}));
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
}
