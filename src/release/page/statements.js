// SPDX-License-Identifier: Apache-2.0
// What is said in a checked release, text by text: spec/release.md, Quotes. release/statements.c gives the same.

const COVER_LABEL = { en: "Cover text", id: "Teks pengantar" };

// The texts of a body, field by field as the catalogue has them.
function textsOf(fields, object, path, language, say) {
  const own = fields.find((field) => field.type === "language")?.name;
  const spoken = own !== undefined && Object.hasOwn(object, own) && typeof object[own] === "string" ? object[own] : language;
  for (const field of fields) {
    if (field.group !== undefined) textsOf(KINDS.groups[field.group], object, path, spoken, say);
    else if (Object.hasOwn(object, field.name)) textsOfField(field, object[field.name], path + field.name, field.label, spoken, say);
  }
}

function textsOfField(field, value, path, label, language, say) {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  if (field.type === "text" && typeof value === "string")
    say({ field: path, label, language, text: value });
  else if (field.type === "object" && isObject)
    textsOf(field.fields, value, path + ".", language, say);
  else if (field.type === "list" && Array.isArray(value))
    value.forEach((item, i) => textsOfField(field.of, item, `${path}[${i}]`, label, language, say));
}

// checked: what check() resolves to. Yields how far it is, from 0 to 1, for whoever wants to do something else in between.
function* statementsOf(checked, order = jointOrder(checked.logs)) {
  const statements = [];
  const kinds = new Map(KINDS.kinds.map((kind) => [kind.name, kind]));
  let done = 0;
  for (const entry of order) {
    yield done++ / order.length;
    const kind = entry.mode === "f" ? kinds.get(entry.envelope.kind) : undefined;
    if (kind === undefined || kind.automatic) continue;
    const body = bodyOf(entry); // one that no desk can read says nothing
    if (body === undefined || body === null || typeof body !== "object" || Array.isArray(body)) continue;
    const { id: message, desk } = entry;
    textsOf(kind.fields ?? [], body, "", "", (said) => statements.push({ message, desk, ...said }));
  }
  for (const [language, text] of Object.entries(checked.manifest.cover))
    statements.push({ message: "", desk: checked.manifest.by, field: "cover", label: COVER_LABEL, language, text });
  return statements;
}
