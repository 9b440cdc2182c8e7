//! Two columns or rows of six inputs to a matrix, and that to angles or a quaternion, in float32.
//!
//! Zhou et al., "On the Continuity of Rotation Representations in Neural Networks", 2019.

/// m[row][column], for column vectors.
pub type Matrix = [[f32; 3]; 3];

/// Above this sine of the middle angle the first and the last turn count as one.
const LOCK_SINE: f32 = 0.999_999_9;

#[inline]
fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0].mul_add(b[0], a[1].mul_add(b[1], a[2] * b[2]))
}

#[inline]
fn unit(a: [f32; 3]) -> [f32; 3] {
    let factor = 1.0 / dot(a, a).sqrt();
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

#[inline]
pub fn rows(a1: [f32; 3], a2: [f32; 3]) -> Matrix {
    let b1 = unit(a1);
    let along = dot(b1, a2);
    let b2 = unit([
        along.mul_add(-b1[0], a2[0]),
        along.mul_add(-b1[1], a2[1]),
        along.mul_add(-b1[2], a2[2]),
    ]);
    let b3 = [
        b1[1] * b2[2] - b1[2] * b2[1],
        b1[2] * b2[0] - b1[0] * b2[2],
        b1[0] * b2[1] - b1[1] * b2[0],
    ];
    [b1, b2, b3]
}

#[inline]
pub fn columns(a1: [f32; 3], a2: [f32; 3]) -> Matrix {
    let [b1, b2, b3] = rows(a1, a2);
    [
        [b1[0], b2[0], b3[0]],
        [b1[1], b2[1], b3[1]],
        [b1[2], b2[2], b3[2]],
    ]
}

/// Angles about x, y and z in radians, for turns about the axes first, middle, last in this order.
#[inline]
pub fn euler(m: &Matrix, [first, middle, last]: [usize; 3]) -> [f32; 3] {
    let parity = if (first + 1) % 3 == middle { 1.0 } else { -1.0 };
    let sine = (-parity * m[last][first]).clamp(-1.0, 1.0);
    let mut angles = [0.0; 3];
    angles[middle] = sine.asin();
    if sine.abs() < LOCK_SINE {
        angles[first] = (parity * m[last][middle]).atan2(m[last][last]);
        angles[last] = (parity * m[middle][first]).atan2(m[first][first]);
    } else {
        angles[first] = (-parity * m[middle][last]).atan2(m[middle][middle]);
    }
    angles
}

/// W, X, Y, Z with w >= 0: the row of 4 q q^T with the largest diagonal entry, normalised.
#[inline]
pub fn quaternion(m: &Matrix) -> [f32; 4] {
    let (x, y, z) = (m[2][1] - m[1][2], m[0][2] - m[2][0], m[1][0] - m[0][1]);
    let (xy, xz, yz) = (m[1][0] + m[0][1], m[0][2] + m[2][0], m[2][1] + m[1][2]);
    let [a, b, c] = [m[0][0], m[1][1], m[2][2]];
    let outer = [
        [1.0 + a + b + c, x, y, z],
        [x, 1.0 + a - b - c, xy, xz],
        [y, xy, 1.0 - a + b - c, yz],
        [z, xz, yz, 1.0 - a - b + c],
    ];
    let mut best = 0;
    for i in 1..4 {
        if outer[i][i] > outer[best][best] {
            best = i;
        }
    }
    let q = outer[best];
    let squared: f32 = q.iter().map(|part| part * part).sum();
    let factor = 1.0f32.copysign(q[0]) / squared.sqrt();
    q.map(|part| part * factor)
}

#[inline]
pub fn degrees<const N: usize>(radians: [f32; N]) -> [f32; N] {
    radians.map(f32::to_degrees)
}
