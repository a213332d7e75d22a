// Does to pods what the API server does with a MutatingAdmissionPolicy: matchConditions, variables, and the JSON patch of each mutation.
// @bufbuild/cel evaluates the expressions. It constructs only Protobuf messages, so `Object.x{...}` and `JSONPatch{...}` become maps
// before. What the API server checks of their names is checked here: Object.x{y: Object.x.y{...}}, and the fields of JSONPatch.
// In: JSON, {policy, pods}. Out: a list, for each pod the patched one, or null where a condition does not match.
import { readFileSync } from "node:fs";
import { celEnv, isCelError, isCelList, isCelMap, parse, plan } from "@bufbuild/cel";

const jsonPatchFields = ["op", "path", "from", "value"];

// A list has the type of its elements: Object.spec.x{y: [Object.spec.x.y{}]}.
function withoutTypes(expression, expected) {
  const { case: kind, value } = expression.exprKind;
  if (kind === "listExpr") {
    value.elements.forEach(element => withoutTypes(element, expected));
  } else if (kind === "callExpr") {
    [value.target, ...value.args].filter(Boolean).forEach(argument => withoutTypes(argument, expected));
  } else if (kind === "selectExpr") {
    withoutTypes(value.operand, undefined);
  } else if (kind === "structExpr") {
    const type = value.messageName;
    const isObject = type === "Object" || type.startsWith("Object.");
    if (type && !isObject && type !== "JSONPatch") {
      throw new Error(`there is no type '${type}'`);
    }

    if (isObject && expected && type !== expected) {
      throw new Error(`unexpected type name '${type}', expected '${expected}'`);
    }

    value.messageName = "";
    for (const entry of value.entries) {
      const field = entry.keyKind.value;
      if (type === "JSONPatch" && !jsonPatchFields.includes(field)) {
        throw new Error(`JSONPatch has no field '${field}'`);
      }

      if (type) {
        entry.keyKind = {
          case: "mapKey",
          value: { $typeName: "cel.expr.Expr", id: 0n, exprKind: {
            case: "constExpr", value: { $typeName: "cel.expr.Constant", constantKind: { case: "stringValue", value: field } } } },
        };
      }

      withoutTypes(entry.value, isObject ? `${type}.${field}` : undefined);
    }
  }
}

function evaluate(text, bindings) {
  const expression = parse(text);
  withoutTypes(expression.expr);
  const value = plan(celEnv(), expression)(bindings);
  if (isCelError(value)) {
    throw new Error(`${text}: ${value.message}`);
  }

  return json(value);
}

function json(value) {
  return isCelList(value) ? [...value].map(json)
    : isCelMap(value) ? Object.fromEntries([...value.entries()].map(([key, item]) => [key, json(item)]))
    : typeof value === "bigint" ? Number(value)
    : value;
}

// A whole number of JSON is an int in CEL.
function input(value) {
  return Array.isArray(value) ? value.map(input)
    : value !== null && typeof value === "object" ? new Map(Object.entries(value).map(([key, item]) => [key, input(item)]))
    : Number.isInteger(value) ? BigInt(value)
    : value;
}

// RFC 6902, "add" only: everything else is an error here.
function add(object, { op, path, value }) {
  const steps = path.split("/").slice(1);
  const last = steps.pop();
  const parent = steps.reduce((at, step) => at?.[step], object);
  if (op !== "add" || parent === undefined) {
    throw new Error(`cannot apply ${op} ${path}`);
  }

  if (!Array.isArray(parent)) {
    parent[last] = value;
  } else if (last === "-" || Number(last) <= parent.length) {
    parent.splice(last === "-" ? parent.length : Number(last), 0, value);
  } else {
    throw new Error(`there is no index ${last} at ${path}`);
  }
}

function mutate({ spec }, pod) {
  const object = input(pod);
  if (!(spec.matchConditions ?? []).every(({ expression }) => evaluate(expression, { object }) === true)) {
    return null;
  }

  const variables = new Map((spec.variables ?? []).map(({ name, expression }) => [name, evaluate(expression, { object })]));
  const patched = structuredClone(pod);
  for (const { patchType, jsonPatch } of spec.mutations) {
    if (patchType !== "JSONPatch") {
      throw new Error(`${patchType} is refused: it may not change args, command and drop, which are atomic lists`);
    }

    evaluate(jsonPatch.expression, { object: input(patched), variables }).forEach(operation => add(patched, operation));
  }

  return patched;
}

const { policy, pods } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(pods.map(pod => mutate(policy, pod))));
