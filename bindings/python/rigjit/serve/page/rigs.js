// What a page asks of the server, and sliders for the channels of a rig. Every name that comes from a
// rig is set as text, never as HTML.

let token = sessionStorage.getItem("rigjit-token") || "";

export function setToken(text) {
  token = text;
  sessionStorage.setItem("rigjit-token", text);
}

// What the server refused: its problem document's text, and its status.
export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

// path: below the server's own, wherever the page is.
export async function ask(path, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(new URL(path, import.meta.url), { ...options, headers });
  if (!answer.ok) {
    let text = `${answer.status} ${answer.statusText}`;
    try {
      text = (await answer.json()).detail;
    } catch { /* no problem document: a proxy's answer */ }
    throw new Refused(answer.status, text);
  }
  return answer;
}

function post(path, body, accept) {
  const headers = { "Content-Type": "application/octet-stream", Accept: accept };
  return ask(path, { method: "POST", headers, body });
}

const OCTETS = "application/octet-stream";

export const listRigs = async () => (await (await ask("rigs")).json()).rigs;
export const readRig = async (name) => (await ask(`rigs/${name}`)).json();
export const readText = async (name, kind) => (await ask(`rigs/${name}/text/${kind}`)).text();

export async function valuesToVec(name, values) {
  const answer = await post(`rigs/${name}/vector`, values, OCTETS);
  return new Float32Array(await answer.arrayBuffer());
}

export async function vecToValues(name, vec) {
  const answer = await post(`rigs/${name}/pose`, vec, OCTETS);
  return new Float32Array(await answer.arrayBuffer());
}

export async function vecToPose(name, vec) {
  return (await post(`rigs/${name}/pose`, vec, "application/json")).text();
}

export const show = (name, vec) => post(`rigs/${name}/live`, vec, "*/*");

export async function infer(name, input, live) {
  const query = live ? "?vector=1&live=1" : "?vector=1";
  const answer = await post(`models/${name}/pose${query}`, input, OCTETS);
  return new Float32Array(await answer.arrayBuffer());
}

// Calls `job` again after it has ended if it was asked for meanwhile: the newest state wins, and no
// more than one request is under way.
export function latest(job) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await job();
    } while (again);
    running = false;
  };
}

// Frames of a rig's live stream, in the format that engine/clips/clip_format.md describes.
export async function watch(name, signal, onFrame) {
  const reader = (await ask(`rigs/${name}/live`, { signal })).body.getReader();
  let data = new Uint8Array(0);
  let hasHead = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const joined = new Uint8Array(data.length + value.length);
    joined.set(data);
    joined.set(value, data.length);
    data = joined;
    const view = new DataView(data.buffer);
    let place = 0;
    if (!hasHead) {
      if (data.length < 12) continue;
      place = 12 + view.getUint32(8, true);
      if (data.length < place) continue;
      hasHead = true;
    }
    let newest = null;
    while (data.length >= place + 4) {
      const size = view.getUint32(place, true);
      if (size === 0) return;
      if (data.length < place + 4 + size) break;
      newest = data.slice(place + 4, place + 4 + size);
      place += 4 + size;
    }
    data = data.slice(place);
    if (newest) onFrame(new Float32Array(newest.buffer));
  }
}

let count = 0;

// One control for a channel: [element, function that shows a value].
function channelControl(rig, index, onChange) {
  const [, attribute] = rig.channels[index];
  const kind = rig.channel_types[index];
  const row = document.createElement("div");
  row.className = "channel";
  const label = document.createElement("label");
  label.textContent = attribute;
  label.title = attribute;
  label.htmlFor = `channel-${(count += 1)}`;
  const output = document.createElement("output");
  output.htmlFor = label.htmlFor;
  let control;
  let shown;
  if (kind === "enum") {
    control = document.createElement("select");
    const found = rig.enum_names.find((e) => e.controller === rig.channels[index][0] && e.attribute === attribute);
    found.names.forEach((name, i) => control.add(new Option(name, i)));
    shown = (value) => { control.value = value; };
    control.addEventListener("change", () => onChange(index, Number(control.value)));
  } else if (kind === "bool") {
    control = document.createElement("input");
    control.type = "checkbox";
    shown = (value) => { control.checked = value !== 0; };
    control.addEventListener("change", () => onChange(index, control.checked ? 1 : 0));
  } else {
    control = document.createElement("input");
    control.type = "range";
    [control.min, control.max] = rig.channel_ranges[index];
    control.step = kind === "int" ? 1 : "any";
    const write = (value) => {
      output.textContent = kind === "int" ? value : value.toFixed(3);
      control.setAttribute("aria-valuetext", output.textContent);
    };
    shown = (value) => { control.value = value; write(value); };
    control.addEventListener("input", () => { write(Number(control.value)); onChange(index, Number(control.value)); });
  }
  control.id = label.htmlFor;
  row.append(label, control, output);
  return [row, shown];
}

// Sliders of every channel that is no constant, by controller, made when a controller is opened.
// onChange(values): after a hand has moved one. Returns {values, show(values)}.
export function channelSliders(parent, rig, onChange, isOpen = () => false) {
  const kinds = JSON.parse(rig.clip_schema.channels).map((row) => row[2]);
  const state = { values: Float32Array.from(rig.rest_values), shown: new Map() };
  const changed = (index, value) => { state.values[index] = value; onChange(state.values); };
  const groups = new Map();
  rig.channels.forEach(([controller], index) => {
    if (kinds[index] === "constant") return;
    if (!groups.has(controller)) groups.set(controller, []);
    groups.get(controller).push(index);
  });
  parent.replaceChildren();
  for (const [controller, indices] of groups) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = controller;
    details.append(summary);
    const fill = () => {
      if (!details.open || state.shown.has(indices[0])) return;
      for (const index of indices) {
        const [row, shown] = channelControl(rig, index, changed);
        state.shown.set(index, shown);
        shown(state.values[index]);
        details.append(row);
      }
    };
    details.addEventListener("toggle", fill);
    details.open = isOpen(controller);
    parent.append(details);
  }
  state.show = (values) => {
    state.values.set(values);
    for (const [index, shown] of state.shown) shown(values[index]);
  };
  return state;
}
