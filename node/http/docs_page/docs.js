// Shows /openapi.json. Everything is made with textContent, so nothing in the document can be anything but text.
"use strict";

const make = (name, text, parent) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
};

const nameOf = (reference) => reference.slice(reference.lastIndexOf("/") + 1);

// A schema in the words that docs/openapi/ uses, one field a line; schemas of the document are opened once on each branch.
function words(api, schema, indent, open) {
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    if (open.includes(name)) return name;
    const target = api.components.schemas[name];
    return (target.type === "object" ? name + " " : "") + words(api, target, indent, [...open, name]);
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map((one) => words(api, one, indent, open)).join(" of ");
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  const type = Array.isArray(schema.type) ? schema.type.filter((one) => one !== "null")[0] : schema.type;
  const tail = Array.isArray(schema.type) && schema.type.includes("null") ? " of null" : "";
  if (type === "array") return "lijst van " + words(api, schema.items, indent, open);
  if (type === "object" && schema.properties) {
    const required = schema.required || [];
    const lines = Object.entries(schema.properties).map(
      ([name, one]) => `${indent}  ${name}${required.includes(name) ? "" : " (mag weg)"}: ${words(api, one, indent + "  ", open)}`);
    return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${indent}}`;
  }
  return (schema.format || type || "iets") + (schema.maxLength ? ` (hoogstens ${schema.maxLength})` : "") +
    (schema.maximum ? ` (hoogstens ${schema.maximum})` : "") + tail;
}

function content(api, title, body, parent) {
  for (const [type, media] of Object.entries(body.content || {})) {
    make("h4", `${title} (${type})`, parent);
    make("pre", words(api, media.schema, "", []), parent).tabIndex = 0;
    if (media.example) make("pre", "Voorbeeld: " + JSON.stringify(media.example, null, 2), parent).tabIndex = 0;
  }
}

function parameters(api, list, parent) {
  if (!list || list.length === 0) return;
  const table = make("table", undefined, parent);
  make("caption", "In het adres", table);
  const head = make("tr", undefined, make("thead", undefined, table));
  for (const title of ["Naam", "Waar", "Verplicht", "Wat"]) make("th", title, head).scope = "col";
  const body = make("tbody", undefined, table);
  for (const one of list) {
    const row = make("tr", undefined, body);
    const cells = [one.name, one.in === "header" ? "kop" : one.in === "path" ? "pad" : "vraagteken", one.required ? "ja" : "nee",
      words(api, one.schema, "", [])];
    for (const cell of cells) make("td", cell, row);
  }
}

function operation(api, path, method, said) {
  const details = make("details");
  details.id = said.operationId;
  const summary = make("summary", undefined, details);
  make("b", method.toUpperCase(), summary);
  make("code", api.servers[0].url + path, summary);
  summary.append(" – " + said.description.split("\n")[0]);
  const rest = said.description.split("\n").slice(1).join("\n").trim();
  if (rest) make("p", rest, details);
  make("p", said.summary, details).lang = "en";
  make("p", "Rollen: " + said["x-roles"].join(", "), details);
  const known = (said.parameters || []).map((one) => (one.$ref ? api.components.parameters[nameOf(one.$ref)] : one));
  parameters(api, known, details);
  if (said.requestBody) content(api, "Vraag", said.requestBody, details);
  for (const [status, answer] of Object.entries(said.responses))
    if (answer.content) content(api, `Antwoord ${status}`, answer, details);
  const refusals = Object.keys(said.responses).filter((status) => said.responses[status].$ref);
  make("p", `Geweigerd: ${refusals.join(", ")}, als application/problem+json`, details);
  return details;
}

function show(api) {
  document.getElementById("about").textContent = `Versie ${api.info.version}`;
  const main = document.getElementById("operations");
  const list = make("ul", undefined, document.getElementById("tags"));
  const all = [];
  for (const tag of api.tags) {
    const section = make("section", undefined, main);
    section.id = "tag-" + tag.name;
    make("h2", tag["x-description-nl"], section);
    const link = make("a", tag["x-description-nl"], make("li", undefined, list));
    link.href = "#" + section.id;
    for (const [path, methods] of Object.entries(api.paths))
      for (const [method, said] of Object.entries(methods)) {
        if (!said.tags || !said.tags.includes(tag.name)) continue;
        const made = operation(api, path, method, said);
        section.append(made);
        all.push({ made, section, text: `${method} ${path} ${said.operationId} ${said.summary} ${said.description}`.toLowerCase() });
      }
  }
  const filter = document.getElementById("filter");
  const sift = () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const one of all) one.made.hidden = !one.text.includes(wanted);
    for (const { section } of all) section.hidden = all.every((one) => one.section !== section || one.made.hidden);
    document.getElementById("count").textContent = `${all.filter((one) => !one.made.hidden).length} van ${all.length} bewerkingen`;
  };
  filter.addEventListener("input", sift);
  sift();
  const linked = document.getElementById(location.hash.slice(1));
  if (linked && linked.tagName === "DETAILS") {
    linked.open = true;
    linked.scrollIntoView();
  }
}

fetch("/openapi.json")
  .then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  })
  .then(show)
  .catch((why) => {
    document.getElementById("about").textContent = `Het document kon niet worden opgehaald (${why.message}).`;
  });
