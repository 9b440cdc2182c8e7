// The page: five views of one rig, in which what is pointed at is lit everywhere.
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const element = (tag, attributes = {}, text = "") => {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

// Which elements of the page belong to a channel, and the other way round.
const litBy = data.channels.map(() => []);
const channelsOf = new WeakMap();
function belongs(node, ranges) {
  if (!ranges.length) return;
  channelsOf.set(node, ranges);
  for (const [first, last] of ranges) for (let c = first; c <= last; ++c) litBy[c].push(node);
}
const rangeOf = (controller) =>
    [[controller.first, controller.first + controller.count - 1]];

// Blocks are laid out when they are seen.
const kBlock = 200;
function fillLines(panel, lines, lineHeight, make) {
  for (let begin = 0; begin < lines.length; begin += kBlock) {
    const some = lines.slice(begin, begin + kBlock);
    const block = element("div", {class: "block"});
    block.style.containIntrinsicSize = `auto ${some.length * lineHeight}px`;
    some.forEach((line, i) => block.append(make(line, begin + i)));
    panel.append(block);
  }
}

function fillSpec() {
  const ofLine = data.files.map(() => new Map());
  data.channels.forEach((channel, c) => {
    if (!channel.lines) return;
    const [file, first, last] = channel.lines;
    for (let line = first; line <= last; ++line) {
      if (!ofLine[file].has(line)) ofLine[file].set(line, []);
      ofLine[file].get(line).push([c, c]);
    }
  });
  for (const controller of data.controllers) {
    if (!controller.lines) continue;
    const [file, first, last] = controller.lines;
    for (let line = first; line <= last; ++line) {
      if (!ofLine[file].has(line)) ofLine[file].set(line, rangeOf(controller));
    }
  }
  data.files.forEach((file, f) => {
    $("spec").append(element("span", {class: "note"}, file.name));
    fillLines($("spec"), file.text.split("\n"), 17, (text, i) => {
      const line = element("span", {"data-line": i + 1}, text);
      belongs(line, ofLine[f].get(i + 1) || []);
      return line;
    });
  });
}

function fillCode(panel, lines) {
  fillLines(panel, lines, 17, ([text, concern]) => {
    const isNote = /^\s*(;|#|\/\/)/.test(text);
    const line = element("span", isNote ? {class: "note"} : {}, text);
    belongs(line, data.concerns[concern]);
    return line;
  });
}

const numberFields = [], sliders = [];
function fillInputs() {
  for (const controller of data.controllers) {
    const block = element("div", {class: "block"});
    const head = element("div", {class: "head"}, controller.name);
    belongs(head, rangeOf(controller));
    block.append(head);
    let rows = 1;
    for (const operation of data.operations) {
      if (operation.channel < controller.first ||
          operation.channel >= controller.first + controller.count) continue;
      const ranges = [[operation.channel, operation.channel + operation.channels - 1]];
      for (let i = operation.input; i < operation.input + operation.inputs; ++i) {
        block.append(inputRow(i, ranges));
        ++rows;
      }
      const meaning = element("div", {class: "meaning"}, operation.text);
      belongs(meaning, ranges);
      block.append(meaning);
      ++rows;
    }
    block.style.containIntrinsicSize = `auto ${rows * 24}px`;
    $("inputs").append(block);
  }
}

function inputRow(i, ranges) {
  const input = data.inputs[i];
  const row = element("div", {class: "row"});
  const name = `${input[0]} ${input[1]} ${input[2]}`;
  const slider = element("input", {type: "range", min: -1.5, max: 1.5, step: "any", "aria-label": name});
  const field = element("input", {type: "number", step: "any", "aria-label": name, id: `vec${i}`});
  const change = (from) => {
    vec[i] = Number(from.value);
    show(i);
    update();
  };
  slider.addEventListener("input", () => change(slider));
  field.addEventListener("input", () => change(field));
  row.append(element("span", {class: "note"}, `[${i}]`), element("label", {for: `vec${i}`}, `${input[1]} ${input[2]}`), slider, field);
  sliders[i] = slider;
  numberFields[i] = field;
  belongs(row, ranges);
  return row;
}

const pieceNodes = [];
function fillMessage() {
  for (const [kind, at, size, controller, channel, text] of data.pieces) {
    const piece = element("span", {class: `piece ${kind}`, title: `bytes ${at} to ${at + size - 1}`});
    piece.append(element("code"), element("small", {}, text));
    if (channel >= 0) belongs(piece, [[channel, channel]]);
    else if (controller >= 0) belongs(piece, rangeOf(data.controllers[controller]));
    pieceNodes.push(piece);
  }
  $("bytes").append(...pieceNodes);
}

// The list of names, which the keyboard moves in.
const options = [];
function fillNames() {
  const add = (text, search, ranges, isChild) => {
    const item = element("li", {role: "option", class: isChild ? "child shown" : "shown", id: `name${options.length}`}, text);
    belongs(item, ranges);
    options.push({item, search: search.toLowerCase(), ranges});
    $("list").append(item);
  };
  for (const controller of data.controllers) {
    add(controller.name, controller.name, rangeOf(controller), false);
    for (let c = controller.first; c < controller.first + controller.count; ++c) {
      add(data.channels[c].name, `${controller.name}.${data.channels[c].name}`, [[c, c]], true);
    }
  }
}

// What is lit: what is pinned, else what is pointed at.
let lit = [], pinned = null, chosen = -1;
function light(ranges) {
  for (const node of lit) node.classList.remove("hit");
  lit = [];
  for (const [first, last] of ranges || []) {
    for (let c = first; c <= last; ++c) lit.push(...litBy[c]);
  }
  for (const node of lit) node.classList.add("hit");
}
function bringIntoView(except) {
  for (const id of ["spec", "inputs", "ir", "asm", "bytes", "list"]) {
    if (id === except) continue;
    const panel = $(id);
    const first = lit.find((node) => panel.contains(node) && node.offsetParent !== null);
    if (first) first.scrollIntoView({block: "center", inline: "nearest"});
  }
}
function pin(ranges, except) {
  pinned = ranges;
  light(ranges);
  if (ranges) bringIntoView(except);
}
const nearest = (node) => {
  while (node && node !== document && !channelsOf.has(node)) node = node.parentNode;
  return node && node !== document ? node : null;
};
document.addEventListener("mouseover", (event) => {
  if (pinned) return;
  const node = nearest(event.target);
  light(node ? channelsOf.get(node) : []);
});
document.querySelector("main").addEventListener("click", (event) => {
  const node = nearest(event.target);
  if (!node || event.target.closest("input")) return;
  const panel = node.closest(".scroll").id;
  if (panel === "list") choose(options.findIndex(({item}) => item === node));
  pin(channelsOf.get(node), panel);
});

function choose(index) {
  if (chosen >= 0) options[chosen].item.removeAttribute("aria-selected");
  chosen = index;
  if (index < 0) return $("list").removeAttribute("aria-activedescendant");
  options[index].item.setAttribute("aria-selected", "true");
  $("list").setAttribute("aria-activedescendant", options[index].item.id);
  options[index].item.scrollIntoView({block: "nearest"});
}
function step(by) {
  for (let i = chosen + by; i >= 0 && i < options.length; i += by) {
    if (!options[i].item.classList.contains("shown")) continue;
    choose(i);
    pinned = null;
    light(options[i].ranges);
    return bringIntoView("list");
  }
}
function search() {
  const wanted = $("search").value.toLowerCase();
  for (const {item, search} of options) item.classList.toggle("shown", search.includes(wanted));
  choose(-1);
}
$("search").addEventListener("input", search);
document.addEventListener("keydown", (event) => {
  if ($("pasting").open) return;
  const inField = event.target.matches("input:not(#search), textarea, select");
  if (event.key === "/" && !event.target.matches("input, textarea")) {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "Escape") {
    pin(null);
    choose(-1);
  } else if (!inField && (event.key === "ArrowDown" || event.key === "ArrowUp") &&
             (event.target === $("search") || event.target === $("list"))) {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && chosen >= 0 && !inField) {
    pin(options[chosen].ranges, "list");
  }
});

// The vector and what comes of it.
const evaluator = new Evaluator(data.operations, data.channels.length, data.has_fma);
const template = Uint8Array.from(data.message.match(/../g) || [], (two) => parseInt(two, 16));
const slots = data.slots;
const vec = Float32Array.from(data.rest);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
const digits = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value));

function show(i) {
  sliders[i].value = vec[i];
  if (document.activeElement !== numberFields[i]) numberFields[i].value = digits(vec[i]);
}
let result = null;
function update() {
  const {values, bad} = evaluator.run(vec);
  const bytes = messageOf(template, slots, values);
  result = {values, bytes, bad};
  data.pieces.forEach(([kind, at, size, controller, channel, text], i) => {
    const code = pieceNodes[i].firstChild, now = hex(bytes.subarray(at, at + size));
    if (code.textContent !== now) code.textContent = now;
    if (kind !== "value") return;
    const {type, names} = data.channels[channel];
    const value = values[channel];
    pieceNodes[i].lastChild.textContent =
        type === "bool" ? String(value === 1) : type === "enum" ? `${value} ${names[value]}` : digits(value);
  });
  const names = bad.map((index) => data.operations[index].text.split(" = ")[0]);
  $("bad").textContent = bad.length === 0 ? "" :
      `This vector is no pose; what is wrong: ${names.slice(0, 5).join("; ")}${names.length > 5 ? " …" : ""}`;
}
function take(numbers) {
  vec.set(numbers);
  for (let i = 0; i < vec.length; ++i) show(i);
  update();
}
$("rest").addEventListener("click", () => take(data.rest));
$("random").addEventListener("click", () => take(data.rest.map(() => 2 * Math.random() - 1)));
$("paste").addEventListener("click", () => {
  $("pasted").value = Array.from(vec, digits).join(" ");
  $("pasteproblem").textContent = "";
  $("pasting").showModal();
});
$("take").addEventListener("click", (event) => {
  const words = $("pasted").value.replace(/[\[\]]/g, " ").split(/[\s,;]+/).filter((word) => word);
  const numbers = words.map(Number);
  const wrong = words.find((word, i) => Number.isNaN(numbers[i]) && word.toLowerCase() !== "nan");
  const problem = wrong !== undefined ? `“${wrong}” is no number.`
      : numbers.length !== vec.length ? `These are ${numbers.length} numbers; the vector has ${vec.length}.` : "";
  $("pasteproblem").textContent = problem;
  if (problem) event.preventDefault();
  else take(numbers);
});
if (data.vectors.length) {
  data.vectors.forEach((_, i) => $("frames").append(element("option", {value: i}, `frame ${i}`)));
  $("frames").prepend(element("option", {value: "", selected: ""}, "frame …"));
  $("frames").hidden = false;
  $("frames").addEventListener("change", () => {
    if ($("frames").value !== "") take(data.vectors[Number($("frames").value)]);
  });
}

// What share of a call each part takes: the call, its segments, their parts.
function fillProfile({call_ns, parts}) {
  const total = parts.reduce((sum, part) => sum + part.ns, 0);
  const percent = (ns) => `${(100 * ns / total).toFixed(1)} %`;
  const bar = (text, ns, kind, title) => {
    const node = element("div", {class: `bar ${kind}`, title: title || `${text}: ${percent(ns)}, ${ns.toFixed(1)} ns`}, `${text} ${percent(ns)}`);
    return node;
  };
  const icicle = (parts, depth, whole) => {
    const row = element("div", {class: "icicle"});
    const groups = new Map();
    for (const part of parts) {
      const key = part.path[depth];
      if (key === undefined) continue;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(part);
    }
    for (const [key, some] of groups) {
      const ns = some.reduce((sum, part) => sum + part.ns, 0);
      const column = element("div");
      column.style.width = `${100 * ns / whole}%`;
      const node = bar(key, ns, some[0].kind);
      if (some.length === 1) belongs(node, some[0].channels);
      column.append(node, icicle(some, depth + 1, ns));
      row.append(column);
    }
    return row;
  };
  const table = element("table");
  table.append(element("tr"));
  for (const head of ["part", "what", "ns", "share"]) table.lastChild.append(element("th", {}, head));
  for (const part of [...parts].sort((a, b) => b.ns - a.ns)) {
    const row = element("tr");
    row.append(element("td", {}, part.path.join(" / ")), element("td", {}, part.what),
               element("td", {class: "number"}, part.ns.toFixed(1)), element("td", {class: "number"}, percent(part.ns)));
    belongs(row, part.channels);
    table.append(row);
  }
  $("profile").hidden = false;
  $("profile").append(element("div", {class: "facts"},
      `Measured where the page was made: a call takes ${call_ns.toFixed(0)} ns, its parts by themselves ${total.toFixed(0)} ns.`),
      bar("call", total, "", ""), icicle(parts, 0, total));
  const details = element("details");
  details.append(element("summary", {}, "Table"), table);
  $("profile").append(details);
}

$("title").textContent = data.name || "A rig";
$("facts").textContent = `${data.controllers.length} controllers, ${data.inputs.length} inputs, ` +
    `${data.channels.length} channels, message of ${template.length} bytes, for ${data.target}, hash ${data.hash}`;
fillNames();
fillSpec();
fillInputs();
fillCode($("ir"), data.ir);
fillCode($("asm"), data.assembly);
fillMessage();
if (data.profile) fillProfile(data.profile);
take(data.rest);
