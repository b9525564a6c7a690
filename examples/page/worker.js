// Runs the program accrue, compiled to WebAssembly: {files, commands} in, {runs, files} out. Each run is a fresh
// instance, as each command of a shell is.
importScripts("accrue.js");

const compiled = fetch("accrue.wasm").then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes));

async function run(files, words) {
    const printed = [], errors = [];
    const program = await createAccrue({
        print: (line) => printed.push(line),
        printErr: (line) => errors.push(line),
        instantiateWasm: (imports, done) => {
            compiled.then((module) => WebAssembly.instantiate(module, imports)).then((instance) => done(instance));
            return {};
        },
    });
    for (const [name, text] of Object.entries(files)) program.FS.writeFile(name, text);
    let code = 0;
    try {
        code = program.callMain(words) || 0;
    } catch (error) {
        if (error && error.name === "ExitStatus") code = error.status;
        else throw error;
    }
    const made = {};
    for (const name of program.FS.readdir(".")) {
        if (/\.(svg|json)$/.test(name)) made[name] = program.FS.readFile(name, {encoding: "utf8"});
    }
    return {code, printed: printed.join("\n"), errors: errors.join("\n"), made};
}

onmessage = async ({data: {id, files, commands}}) => {
    try {
        const runs = [];
        for (const words of commands) runs.push(await run(files, words));
        postMessage({id, runs});
    } catch (error) {
        postMessage({id, failed: String(error)});
    }
};
