// The page of the demo: a figure whose joints are dragged, or strokes; and the pose that they become.
import * as rigs from "../rigs.js";
import { CARRIES, LINES, PICTURE, joints, project, raster } from "./figure.js";

const $ = (id) => document.getElementById(id);
const NAME = "sketch";
const STEP = 0.5;  // pixels of the picture that an arrow key moves

let facts = null;
let rig = null;
let sliders = null;
let points = {};  // of the figure that is dragged, in pixels of the picture
let strokes = [];  // that were drawn: lists of points
let held = null;
let values = null;  // of the predicted pose

const mode = () => document.querySelector("[name=mode]:checked").value;

function say(text, isBad = false) {
  $("status").textContent = text;
  $("status").className = isBad ? "bad" : "";
}

function rest() {
  const found = joints(facts, rig, rig.rest_values);
  points = Object.fromEntries(Object.entries(found).map(([name, place]) => [name, project(place)]));
  strokes = [];
}

// Pairs of points in pixels.
function segments() {
  if (mode() === "drag") return LINES.map(([a, b]) => [points[a], points[b]]);
  return strokes.flatMap((line) => line.slice(1).map((point, i) => [line[i], point]));
}

function line(context, scale, [a, b]) {
  context.beginPath();
  context.moveTo(a[0] * scale, a[1] * scale);
  context.lineTo(b[0] * scale, b[1] * scale);
  context.stroke();
}

function paintSketch() {
  const canvas = $("sketch");
  const scale = canvas.width / PICTURE;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { strokeStyle: "#222", lineWidth: 5, lineCap: "round" });
  segments().forEach((each) => line(context, scale, each));
  if (mode() !== "drag") return;
  for (const [name, [x, y]] of Object.entries(points)) {
    context.beginPath();
    context.arc(x * scale, y * scale, 6, 0, 2 * Math.PI);
    context.fillStyle = name === $("joint").value ? "#d9480f" : "#0a66c2";
    context.fill();
  }
}

function paintPose() {
  if (!values) return;
  const canvas = $("predicted");
  const scale = canvas.width / PICTURE;
  const context = canvas.getContext("2d");
  const turn = Number($("turn").value);
  const places = Object.fromEntries(
    Object.entries(joints(facts, rig, values)).map(([name, place]) => [name, project(place, turn)]),
  );
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.lineCap = "round";
  for (const [a, b] of LINES) {
    context.lineWidth = a === "head" ? 34 : 14;
    context.strokeStyle = a.endsWith(".L") ? "#c2560a" : a.endsWith(".R") ? "#0a66c2" : "#555";
    line(context, scale, [places[a], places[b]]);
  }
}

async function guarded(job) {
  try {
    await job();
  } catch (error) {
    say(error.message, true);
  }
}

const predict = rigs.latest(() => guarded(async () => {
  const begin = performance.now();
  const vec = await rigs.infer(NAME, raster(segments()), $("send").checked);
  values = await rigs.vecToValues(NAME, vec);
  say(`predicted in ${(performance.now() - begin).toFixed(0)} ms`);
  sliders.show(values);
  paintPose();
}));

const moveBySliders = rigs.latest(() => guarded(async () => {
  const vec = await rigs.valuesToVec(NAME, sliders.values);
  if ($("send").checked) await rigs.show(NAME, vec);
  values = await rigs.vecToValues(NAME, vec);
  paintPose();
}));

function changed() {
  paintSketch();
  predict();
}

function move(name, dx, dy) {
  const carried = CARRIES[name] ?? [];
  for (const each of carried === "all" ? Object.keys(points) : [name, ...carried]) {
    const [x, y] = points[each];
    points[each] = [x + dx, y + dy];
  }
}

function place(event) {
  const box = $("sketch").getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * PICTURE, ((event.clientY - box.top) / box.height) * PICTURE];
}

function nearest([x, y]) {
  const far = ([, point]) => Math.hypot(point[0] - x, point[1] - y);
  return Object.entries(points).sort((a, b) => far(a) - far(b))[0][0];
}

function begin(event) {
  const point = place(event);
  $("sketch").setPointerCapture(event.pointerId);
  if (mode() === "drag") {
    held = nearest(point);
    $("joint").value = held;
  } else {
    strokes.push([point]);
    held = "stroke";
  }
  paintSketch();
}

function drag(event) {
  if (held === null) return;
  const point = place(event);
  if (held === "stroke") {
    strokes.at(-1).push(point);
  } else {
    move(held, point[0] - points[held][0], point[1] - points[held][1]);
  }
  changed();
}

function key(event) {
  const steps = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
  if (!(event.key in steps) || mode() !== "drag") return;
  event.preventDefault();
  move($("joint").value, ...steps[event.key]);
  changed();
}

async function start() {
  facts = await (await rigs.ask("sketch/facts.json")).json();
  rig = await rigs.readRig(NAME);
  values = Float32Array.from(rig.rest_values);
  sliders = rigs.channelSliders($("channels"), rig, moveBySliders);
  $("joint").replaceChildren(...facts.joints.map(({ name }) => new Option(name)));
  $("joint").value = "wrist.L";
  rest();
  changed();
}

const canvas = $("sketch");
canvas.addEventListener("pointerdown", begin);
canvas.addEventListener("pointermove", drag);
canvas.addEventListener("pointerup", () => { held = null; });
canvas.addEventListener("pointercancel", () => { held = null; });
canvas.addEventListener("keydown", key);
$("joint").addEventListener("change", paintSketch);
$("turn").addEventListener("input", paintPose);
$("clear").addEventListener("click", () => { rest(); changed(); });
for (const each of document.querySelectorAll("[name=mode]")) each.addEventListener("change", changed);
guarded(start);
