// SPDX-License-Identifier: Apache-2.0
// What the page's check says of many release files: reads paths, one a line, and prints for each the code of the check
// that failed, or "ok" and the grade; as src/release/release_codes.c does. No browser: the scripts of the check alone.
//
// usage: node release_codes.mjs PAGE < PATHS; PAGE is the folder src/release/page
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

const scripts = ["json", "envelope", "check"].map((name) => readFileSync(`${process.argv[2]}/${name}.js`, "utf8")).join("");
const { check, Fault } = new Function(`"use strict";${scripts}; return { check, Fault };`)();
const OPEN = '<script type="application/json" id="release-data">';

// As an HTML parser hands the text of the element over.
function dataOf(path) {
  const file = readFileSync(path, "utf8");
  const at = file.indexOf(OPEN) + OPEN.length;
  const end = file.lastIndexOf("</script>", file.lastIndexOf("<script>"));
  return file.slice(at, end).replace(/\r\n?/g, "\n").replace(/\0/g, "\ufffd");
}

for (const path of readFileSync(0, "utf8").split("\n").filter((line) => line !== "")) {
  try {
    console.log(`ok ${(await check(dataOf(path), () => {})).grade}`);
  } catch (error) {
    console.log(error instanceof Fault ? error.code : `${error.name}: ${error.message}`);
  }
}
