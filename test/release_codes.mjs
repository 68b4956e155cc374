// SPDX-License-Identifier: Apache-2.0
// What the page's check says of many release files: reads paths, one a line, and prints for each the code of the check
// that failed, or "ok", the grade, whose consent is lacking, and who has not signed the end of a log; with --order, instead of these, the ids of what is shown
// in the joint order; as src/release/release_codes.c does. The script is that of the page as built, but for its last part
// (page.js), which needs a browser.
//
// usage: node release_codes.mjs release-page.tail src/release/page/page.js [--order] < PATHS
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
globalThis.navigator ??= { language: "en" };

const [tail, page] = process.argv.slice(2, 4).map((path) => readFileSync(path, "utf8"));
const isOrder = process.argv[4] === "--order";
const script = tail.slice(tail.indexOf("<script>") + "<script>".length, tail.lastIndexOf("</script>"));
if (script.split(page).length !== 2) throw new Error("the page was built from another page.js");
new Function(script.replace(page, () => "globalThis.released = { check, Fault, Facts };"))();
const { check, Fault, Facts } = globalThis.released;
const OPEN = '<script type="application/json" id="release-data">';

// As an HTML parser hands the text of the element over.
function dataOf(path) {
  const file = readFileSync(path, "utf8");
  const at = file.indexOf(OPEN) + OPEN.length;
  const end = file.lastIndexOf("</script>", file.lastIndexOf("<script>"));
  return file.slice(at, end).replace(/\r\n?/g, "\n").replace(/\0/g, "\ufffd");
}

async function codeOf(path) {
  try {
    const checked = await check(dataOf(path), async () => {});
    const { grade, asked, answers } = checked;
    if (isOrder) return new Facts(checked).order.filter(({ mode }) => mode !== "w").map(({ id }) => id).join(" ");
    const lacking = Array.from(asked).filter((desk) => !answers.some((answer) => answer.desk === desk)).sort();
    const unsigned = checked.channel.ends.filter((end) => end.lacking.length > 0)
      .map(({ lacking: desks }) => `; unsigned by ${desks.slice(0, 20).join(", ")}${desks.length > 20 ? " and others" : ""}`);
    return ["ok", grade, ...lacking].join(" ") + unsigned.join("");
  } catch (error) {
    return error instanceof Fault ? error.code : `${error.name}: ${error.message}`;
  }
}

for (const path of readFileSync(0, "utf8").split("\n").filter((line) => line !== "")) console.log(await codeOf(path));
