// A rig's kernel in JavaScript: the operations of its plan in the kernel's own order, so that values
// and bytes are the kernel's to the last bit on every target that has fma, and on plain x86-64 too.
//
// Numbers are doubles that hold float32: the product of two is exact, and sum, difference, quotient
// and root are right after one more rounding to float32 (S. Figueroa, "When is double rounding
// innocuous?", 1995). Only fma needs care, see below.
"use strict";

const f32 = Math.fround;

const Bits = (() => {
  const floats = new Float32Array(1), words = new Uint32Array(floats.buffer);
  return {
    of(x) { floats[0] = x; return words[0]; },
    float(bits) { words[0] = bits; return floats[0]; },
  };
})();

// a * b + c with one rounding. The sum in double is made odd where it is not exact (G. Melquiond and
// S. Boldo, "Emulation of FMA and correctly rounded sums", 2008): then rounding it again is right.
const fusedFma = (() => {
  const doubles = new Float64Array(1), words = new Uint32Array(doubles.buffer);
  const low = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;
  return (a, b, c) => {
    const product = a * b;
    const sum = product + c;
    if (!Number.isFinite(sum)) return f32(sum);
    const part = sum - product;
    const error = (product - (sum - part)) + (c - part);
    if (error === 0) return f32(sum);
    doubles[0] = sum;
    if (words[low] & 1) return f32(sum);
    if (error > 0 === sum > 0) {
      words[low] |= 1;
    } else {
      if (words[low] === 0) words[1 - low] -= 1;
      words[low] -= 1;
    }
    return f32(doubles[0]);
  };
})();
const roundedTwice = (a, b, c) => f32(a * b + c);

const kAtan = [-0.3333315272727512, 0.19993772621322997, -0.14211053507513485, 0.10665997356837743,
               -0.0755219840446445, 0.0432116697836839, -0.016367808638746803, 0.002920661976178403];
// Axes in the order of application, by rotate order: xyz, yzx, zxy, xzy, yxz, zyx.
const kAxes = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]];
const kColumns = 0, kRows = 1, kInterleaved = 2;

const isNegative = (x) => Bits.of(x) >>> 31 === 1;
// `size` has a clear sign.
const withSignOf = (size, sign) => (isNegative(sign) ? -size : size);

function roundHalfEven(x) {
  const size = Math.abs(x);
  const whole = size < 8388608 ? f32(f32(size + 8388608) - 8388608) : size;
  return withSignOf(whole, x) + 0;
}

class Evaluator {
  // operations: as explain_data.cc writes them. hasFma: of the target.
  constructor(operations, channelCount, hasFma) {
    this.operations = operations;
    this.channelCount = channelCount;
    this.fma = hasFma ? fusedFma : roundedTwice;
  }

  // {values: Float32Array, bad: [index of an operation ...]}
  run(vec) {
    const values = new Float32Array(this.channelCount);
    const bad = [];
    this.operations.forEach((operation, index) => {
      if (!this[operation.kind](operation, vec, values)) bad.push(index);
    });
    return {values, bad};
  }

  affine(op, vec, values) {
    const number = this.fma(vec[op.input], op.scale, op.center);
    let value = number;
    let good = Number.isFinite(number);
    if (op.type === "float") {
      value = this.limited(number, op.limits);
      good = good && this.allowed(number, op.limits);
    } else if (op.type === "bool") {
      value = number >= 0.5 ? 1 : 0;
    } else {
      const whole = roundHalfEven(number);
      good = good && (op.limits.rule === "clamp" || (whole >= op.limits.min && whole <= op.limits.max));
      value = Math.min(Math.max(whole, op.limits.min), op.limits.max);
    }
    values[op.channel] = value;
    return good;
  }

  limited(value, limits) {
    if (!limits || limits.rule === "error") return value;
    if (value < limits.min) return limits.min;
    return value > limits.max ? limits.max : value;
  }

  allowed(value, limits) {
    return !limits || limits.rule === "clamp" || !(value < limits.min || value > limits.max);
  }

  constant(op, vec, values) {
    values[op.channel] = op.value;
    return true;
  }

  one_hot(op, vec, values) {
    let index = 0, good = true;
    for (let k = 0; k < op.count; ++k) {
      const number = vec[op.input + k];
      if (Number.isNaN(number)) good = false;
      if (number > vec[op.input + index]) index = k;
    }
    values[op.channel] = index;
    return good;
  }

  angle(op, vec, values) {
    const sin = vec[op.input + (op.cos_first ? 1 : 0)];
    const cos = vec[op.input + (op.cos_first ? 0 : 1)];
    const angle = this.atan2(sin, cos, op.degrees);
    values[op.channel] = this.limited(angle, op.limits);
    return Number.isFinite(sin) && Number.isFinite(cos) && (sin !== 0 || cos !== 0) &&
           this.allowed(angle, op.limits);
  }

  firstQuadrant(y, x, degrees) {
    const factor = degrees ? 180 / Math.PI : 1;
    const quarter = f32((Math.PI / 2) * factor);
    const yIsLarger = y > x;
    const t = f32((yIsLarger ? x : y) / (yIsLarger ? y : x));
    const z = f32(t * t);
    let p = f32(kAtan[7] * factor);
    for (let i = 6; i >= 0; --i) p = this.fma(p, z, f32(kAtan[i] * factor));
    const angle = this.fma(t, f32(factor), f32(f32(t * z) * p));
    return yIsLarger ? f32(quarter - angle) : angle;
  }

  atan2(y, x, degrees) {
    const angle = this.firstQuadrant(Math.abs(y), Math.abs(x), degrees);
    const half = degrees ? 180 : f32(Math.PI);
    return withSignOf(isNegative(x) ? f32(half - angle) : angle, y);
  }

  atan2Half(y, x, degrees) {
    return withSignOf(this.firstQuadrant(Math.abs(y), x, degrees), y);
  }

  // plan/rot6d_basis.h
  powerOfTwoNearInverse(v) {
    const infinity = 0x7f800000;
    const largest = Math.max(...v.map((x) => Bits.of(x) & infinity));
    return Bits.float(infinity - Math.max(largest, 0x00800000));
  }

  normalized(v) {
    const factor = this.powerOfTwoNearInverse(v);
    return v.map((x) => f32(x * factor));
  }

  difference(a, b, c, d) {
    const cd = f32(c * d);
    const error = this.fma(-c, d, cd);
    return f32(this.fma(a, b, -cd) + error);
  }

  cross(a, b) {
    return [this.difference(a[1], b[2], a[2], b[1]), this.difference(a[2], b[0], a[0], b[2]),
            this.difference(a[0], b[1], a[1], b[0])];
  }

  squared(v) {
    return this.fma(v[0], v[0], this.fma(v[1], v[1], f32(v[2] * v[2])));
  }

  basis(a1, a2) {
    const u = this.normalized(a1), a = this.normalized(a2);
    const w = this.cross(u, a);
    const wSquared = this.squared(w), uSquared = this.squared(u);
    const bound = f32(f32(uSquared * this.squared(a)) * f32(1e-12));
    return {u, v: this.cross(w, u), w, uSquared, wSquared, degenerate: !(wSquared > bound)};
  }

  rotation(op, vec, values) {
    const e = Array.from(vec.subarray(op.input, op.input + 6));
    const [a1, a2] = op.layout === kInterleaved ? [[e[0], e[2], e[4]], [e[1], e[3], e[5]]]
                                                : [e.slice(0, 3), e.slice(3, 6)];
    return op.output === "quaternion" ? this.quaternion(op, a1, a2, values)
                                      : this.euler(op, a1, a2, values);
  }

  // codegen/lanes/rotation.cc
  euler(op, a1, a2, values) {
    const isRows = op.layout === kRows;
    const axes = isRows ? [...kAxes[op.order]].reverse() : kAxes[op.order];
    const isOdd = (axes[0] + 1) % 3 !== axes[1];
    const isReversed = isOdd !== isRows;
    const turned = (x) => (isReversed ? -x : x);
    const byRoles = (v) => axes.map((axis) => v[axis]);
    const basis = this.basis(byRoles(a1), byRoles(a2));
    const w = isOdd ? basis.w.map((x) => -x) : basis.w;
    const scaled = (v, factor) => v.map((x) => f32(x * factor));
    const root = (x) => f32(Math.sqrt(x));
    const unscaled = [basis.u, basis.v, w];
    const matrix = [scaled(basis.u, root(basis.wSquared)), basis.v, scaled(w, root(basis.uSquared))];
    const c0 = unscaled[axes[0]], c1 = matrix[axes[1]], c2 = matrix[axes[2]];
    const cosSquared = this.fma(c0[0], c0[0], f32(c0[1] * c0[1]));
    const lock = cosSquared < f32(f32(c0[2] * c0[2]) * f32(1e-14));
    let first = [c1[2], c2[2]], last = [c0[1], c0[0]];
    if (lock && !isRows) first = [-c2[1], c1[1]];
    if (lock && isRows) last = [-c1[0], c1[1]];
    const angles = [turned(this.atan2(first[0], first[1], op.degrees)),
                    turned(this.atan2Half(-c0[2], root(cosSquared), op.degrees)),
                    turned(this.atan2(last[0], last[1], op.degrees))];
    if (lock) angles[isRows ? 0 : 2] = 0;
    let good = !basis.degenerate;
    axes.forEach((axis, role) => {
      const limits = op.limits && op.limits[axis];
      values[op.channel + axis] = this.limited(angles[role], limits);
      good = good && this.allowed(angles[role], limits);
    });
    return good;
  }

  quaternion(op, a1, a2, values) {
    const basis = this.basis(a1, a2);
    const root = (x) => f32(Math.sqrt(x));
    const add = (a, b) => f32(a + b), sub = (a, b) => f32(a - b);
    const uLength = root(basis.uSquared), wLength = root(basis.wSquared);
    const inverse = f32(1 / f32(uLength * wLength));
    const scaled = (v, factor) => v.map((x) => f32(x * factor));
    const c0 = scaled(basis.u, f32(wLength * inverse));
    const c1 = scaled(basis.v, inverse);
    const c2 = scaled(basis.w, f32(uLength * inverse));
    const sum = add(c0[0], c1[1]), difference = sub(c0[0], c1[1]);
    const squares = [add(add(1, c2[2]), sum), add(sub(1, c2[2]), difference),
                     sub(sub(1, c2[2]), difference), sub(add(1, c2[2]), sum)];
    const wx = sub(c1[2], c2[1]), wy = sub(c2[0], c0[2]), wz = sub(c0[1], c1[0]);
    const xy = add(c0[1], c1[0]), xz = add(c2[0], c0[2]), yz = add(c1[2], c2[1]);
    const rows = [[squares[0], wx, wy, wz], [wx, squares[1], xy, xz], [wy, xy, squares[2], yz],
                  [wz, xz, yz, squares[3]]];
    let largest = 0;
    for (let i = 1; i < 4; ++i) if (squares[i] > squares[largest]) largest = i;
    const q = rows[largest];
    const length = this.fma(q[0], q[0], this.fma(q[1], q[1],
                                                 this.fma(q[2], q[2], f32(q[3] * q[3]))));
    const factor = withSignOf(f32(1 / root(length)), q[0]);
    for (let k = 0; k < 4; ++k) {
      const component = f32(q[k] * factor);
      values[op.channel + k] = k > 0 && op.layout === kRows ? -component : component;
    }
    return !basis.degenerate;
  }
}

// The message's bytes: `template` with the values in their slots, big-endian.
function messageOf(template, slots, values) {
  const bytes = template.slice();
  const view = new DataView(bytes.buffer);
  for (const {at, width, channel, type} of slots) {
    const value = values[channel];
    if (width === 1) view.setUint8(at, type === "bool" ? 0xc2 + value : value);
    else if (type === "float") view.setFloat32(at, value);
    else view.setInt32(at, value);
  }
  return bytes;
}
