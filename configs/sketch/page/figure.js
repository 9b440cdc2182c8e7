// The character of facts.json: forward kinematics from the values of its rig, as figure.py does it.

const SIZE = 64;  // pixels of the picture, as in figure.py; so are these
const METRES = 2.4;
const CENTER = [0, 0.95];
const GRID = 32;

export const PICTURE = SIZE;

export const LINES = [
  ["pelvis", "chest"], ["chest", "neck"], ["neck", "head"], ["head", "crown"],
  ...["L", "R"].flatMap((side) => [
    ["shoulder", "elbow"], ["elbow", "wrist"], ["hip", "knee"], ["knee", "ankle"], ["ankle", "toe"],
  ].map(([one, other]) => [`${one}.${side}`, `${other}.${side}`])),
  ["shoulder.L", "shoulder.R"], ["hip.L", "hip.R"],
];

// What moves with a joint that is dragged.
export const CARRIES = {
  pelvis: "all", chest: ["neck", "head", "crown", ...arms("L"), ...arms("R")],
  neck: ["head", "crown"], head: ["crown"],
  ...Object.fromEntries(["L", "R"].flatMap((s) => [
    [`shoulder.${s}`, [`elbow.${s}`, `wrist.${s}`]], [`elbow.${s}`, [`wrist.${s}`]],
    [`hip.${s}`, [`knee.${s}`, `ankle.${s}`, `toe.${s}`]],
    [`knee.${s}`, [`ankle.${s}`, `toe.${s}`]], [`ankle.${s}`, [`toe.${s}`]],
  ])),
};

function arms(side) {
  return ["shoulder", "elbow", "wrist"].map((joint) => `${joint}.${side}`);
}

function times(a, b) {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
}

function rigidInverse(m) {
  const turn = [0, 1, 2].map((i) => [0, 1, 2].map((j) => m[j][i]));
  const move = turn.map((row) => -(row[0] * m[0][3] + row[1] * m[1][3] + row[2] * m[2][3]));
  return [...turn.map((row, i) => [...row, move[i]]), [0, 0, 0, 1]];
}

function basis(value, isHinge) {
  const move = ["translateX", "translateY", "translateZ"].map((name) => value(name) ?? 0);
  let turn;
  if (isHinge) {
    const angle = (value("rotateX") * Math.PI) / 180;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    turn = [[1, 0, 0], [0, c, -s], [0, s, c]];
  } else {
    const [w, x, y, z] = ["W", "X", "Y", "Z"].map((axis) => value(`quaternion${axis}`));
    turn = [
      [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
      [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
      [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ];
  }
  return [...turn.map((row, i) => [...row, move[i]]), [0, 0, 0, 1]];
}

// {joint: [x, y, z]} in metres.
export function joints(facts, rig, values) {
  const places = new Map(rig.channels.map(([controller, attribute], i) => [`${controller}\n${attribute}`, i]));
  const moved = {};
  for (const { name, parent, hinge, rest } of facts.controls) {
    const value = (attribute) => values[places.get(`${name}\n${attribute}`)];
    const own = times(times(rest, basis(value, hinge)), rigidInverse(rest));
    moved[name] = parent === null ? own : times(moved[parent], own);
  }
  return Object.fromEntries(facts.joints.map(({ name, control, rest }) => {
    const point = times(moved[control], [...rest, 1].map((x) => [x]));
    return [name, [point[0][0], point[1][0], point[2][0]]];
  }));
}

// Metres to pixels of the picture, seen from the front, turned by degrees about the vertical.
export function project([x, y, z], degrees = 0) {
  const angle = (degrees * Math.PI) / 180;
  const right = x * Math.cos(angle) - y * Math.sin(angle);
  return [((right - CENTER[0]) / METRES + 0.5) * SIZE, ((CENTER[1] - z) / METRES + 0.5) * SIZE];
}

// Strokes, [[x, y], [x, y]] in pixels each, to what the network sees: the length of strokes in each
// cell, spread by bilinear weights, at most 1.
export function raster(strokes) {
  const cells = new Float32Array(GRID * GRID);
  for (const stroke of strokes) {
    const [[ax, ay], [bx, by]] = stroke.map((p) => p.map((v) => (v * GRID) / SIZE - 0.5));
    const length = Math.hypot(bx - ax, by - ay);
    const samples = Math.max(1, Math.ceil(length * 4));
    for (let i = 0; i < samples; i += 1) {
      const share = (i + 0.5) / samples;
      const [x, y] = [ax + share * (bx - ax), ay + share * (by - ay)];
      const [column, row] = [Math.floor(x), Math.floor(y)];
      for (const [down, right] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
        const [r, c] = [row + down, column + right];
        if (r < 0 || c < 0 || r >= GRID || c >= GRID) continue;
        const weight = Math.abs(1 - right - (x - column)) * Math.abs(1 - down - (y - row));
        cells[r * GRID + c] += (weight * length) / samples;
      }
    }
  }
  return cells.map((cell) => Math.min(cell, 1));
}
