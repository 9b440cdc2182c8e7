// The orthogonal basis of a rot6d, written once over a value type: the kernel instantiates it with
// lanes of LLVM values, degenerate.cc with plain floats.
//
// a1 and a2 are the two columns, scaled by powers of two before they are multiplied: then nothing
// overflows, and nothing underflows as long as their sine is not below what counts as degenerate.
// The basis is a1, (a1 x a2) x a1, a1 x a2; nothing is projected and subtracted, and every
// component of a cross product is a Kahan difference of products (W. Kahan, "On the Cost of
// Floating-Point Computation Without Extra-Precise Arithmetic", 2004), so that it is right to 1.5
// ulp of itself however much cancels.
#pragma once

namespace rigjit {

template <class Value>
struct Vec3 {
  Value x, y, z;
};

// Ops gives: Value, Mask, constant(float), mul, add, fma(a, b, c), neg, greater(a, b), mask_not,
// and power_of_two_near_inverse(x, y, z): 2^(1-e) for the exponent e of the largest magnitude.
template <class Ops>
struct Rot6dBasis {
  using Value = typename Ops::Value;
  Vec3<Value> u, v, w;         // along a1, along a2 made orthogonal, along a1 x a2
  Value u_squared, w_squared;  // squared lengths; |v| = |u| |w|
  typename Ops::Mask degenerate;
};

template <class Ops, class Value = typename Ops::Value>
Vec3<Value> normalize_exponent(Ops& ops, const Vec3<Value>& a) {
  const Value factor = ops.power_of_two_near_inverse(a.x, a.y, a.z);
  return {ops.mul(a.x, factor), ops.mul(a.y, factor), ops.mul(a.z, factor)};
}

// a * b - c * d
template <class Ops, class Value = typename Ops::Value>
Value difference_of_products(Ops& ops, Value a, Value b, Value c, Value d) {
  const Value cd = ops.mul(c, d);
  const Value error = ops.fma(ops.neg(c), d, cd);
  return ops.add(ops.fma(a, b, ops.neg(cd)), error);
}

template <class Ops, class Value = typename Ops::Value>
Vec3<Value> cross(Ops& ops, const Vec3<Value>& a, const Vec3<Value>& b) {
  return {difference_of_products(ops, a.y, b.z, a.z, b.y),
          difference_of_products(ops, a.z, b.x, a.x, b.z),
          difference_of_products(ops, a.x, b.y, a.y, b.x)};
}

template <class Ops, class Value = typename Ops::Value>
Value squared_length(Ops& ops, const Vec3<Value>& a) {
  return ops.fma(a.x, a.x, ops.fma(a.y, a.y, ops.mul(a.z, a.z)));
}

// Degenerate: unless |a1 x a2|^2 > 1e-12 |a1|^2 |a2|^2, which also fails for zero columns, NaN and
// Inf (whose power of two is 0, so that they become NaN).
template <class Ops>
Rot6dBasis<Ops> rot6d_basis(Ops& ops, const Vec3<typename Ops::Value>& a1,
                            const Vec3<typename Ops::Value>& a2) {
  const auto u = normalize_exponent(ops, a1);
  const auto a = normalize_exponent(ops, a2);
  const auto w = cross(ops, u, a);
  const auto w_squared = squared_length(ops, w);
  const auto u_squared = squared_length(ops, u);
  const auto bound = ops.mul(ops.mul(u_squared, squared_length(ops, a)), ops.constant(1e-12f));
  const auto degenerate = ops.mask_not(ops.greater(w_squared, bound));
  return {u, cross(ops, w, u), w, u_squared, w_squared, degenerate};
}

}  // namespace rigjit
