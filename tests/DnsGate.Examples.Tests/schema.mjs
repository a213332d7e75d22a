// Holds Kubernetes objects to the API's own description of them, twice: the types (kubernetes-models, made from the OpenAPI
// of Kubernetes 1.36: it has MutatingAdmissionPolicy v1 and schedulingGroup, which came with 1.36; and from the CRDs of
// the Prometheus operator) as the TypeScript compiler takes them, which rejects unknown fields; and the validators
// of the same packages, which also know what is required and how quantities and ports are written.
// In: JSON, lists of objects by name. Out: under the same names, lists of sentences, one for each thing that is wrong.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const groups = JSON.parse(readFileSync(0, "utf8"));
// npm has no types of Kyverno's policies.
const isKnown = object => !object.apiVersion.startsWith("kyverno.io/");
const objects = Object.entries(groups).flatMap(([group, list]) => list.filter(isKnown).map(object => ({ group, object })));
const nameOf = object => `${object.kind}/${object.metadata?.name}`;
const moduleOf = object => object.apiVersion.startsWith("monitoring.coreos.com/")
  ? `@kubernetes-models/prometheus-operator/${object.apiVersion}`
  : `kubernetes-models/${object.apiVersion}`;

async function validated({ group, object }) {
  try {
    const Model = (await import(moduleOf(object)))[object.kind];
    new Model(object).validate();
    return [];
  } catch (error) {
    return [{ group, problem: `${nameOf(object)}: ${error.message}` }];
  }
}

// One line an object, so that the line of a message tells whose it is.
function typed() {
  const file = path.join(path.dirname(fileURLToPath(import.meta.url)), "objects.mts");
  const text = objects
    .map(({ object }, index) => `import type { I${object.kind} as T${index} } from "${moduleOf(object)}"; export const o${index}: T${index} = ${JSON.stringify(object)};\n`)
    .join("");
  const options = {
    strict: true, noEmit: true, skipLibCheck: true, types: [],
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = name => name === file || fileExists(name);
  host.readFile = name => name === file ? text : readFile(name);
  host.getSourceFile = (name, ...rest) => name === file ? ts.createSourceFile(name, text, options.target) : getSourceFile(name, ...rest);
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options, host)).map(problem => {
    const message = ts.flattenDiagnosticMessageText(problem.messageText, " ");
    if (problem.file?.fileName !== file) {
      throw new Error(`${problem.file?.fileName}: ${message}`);
    }

    const { group, object } = objects[problem.file.getLineAndCharacterOfPosition(problem.start).line];
    return { group, problem: `${nameOf(object)}: ${message}` };
  });
}

const problems = [...typed(), ...(await Promise.all(objects.map(validated))).flat()];
const answer = Object.fromEntries(Object.keys(groups).map(name => [name, problems.filter(({ group }) => group === name).map(({ problem }) => problem)]));
process.stdout.write(JSON.stringify(answer));
