/** A rotation matrix, row by row. */
export type Rotation = Float64Array;

/** Rz(yaw) · Ry(pitch) · Rx(roll): turns a vector of the segment into the surrounding frame. */
export function rotation(roll: number, pitch: number, yaw: number): Rotation {
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  return Float64Array.of(
    cy * cp,
    cy * sp * sr - sy * cr,
    cy * sp * cr + sy * sr,
    sy * cp,
    sy * sp * sr + cy * cr,
    sy * sp * cr - cy * sr,
    -sp,
    cp * sr,
    cp * cr,
  );
}

/** The product a · b: first b, then a. */
export function composed(a: Rotation, b: Rotation): Rotation {
  const product = new Float64Array(9);
  for (let row = 0; row < 9; row += 3) {
    for (let column = 0; column < 3; column++) {
      product[row + column] = a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
    }
  }
  return product;
}
