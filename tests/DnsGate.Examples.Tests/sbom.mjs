// Validates an SBOM against the schema of CycloneDX 1.6. Prints one line for each problem, and ends with 1 if there is any.
// usage: node sbom.mjs FILE
import { readFileSync } from "node:fs";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";

const problems = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(readFileSync(process.argv[2], "utf8")) ?? [];
for (const { instancePath, message } of problems) {
  console.error(`${instancePath || "/"}: ${message}`);
}

process.exitCode = problems.length === 0 ? 0 : 1;
