import { StateFormatError } from '@hark/streaming';

/** The bits of `values`, little-endian. */
export function float32Bytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return bytes;
}

/**
 * Writes to `target` the values that {@link float32Bytes} were made of.
 * @throws StateFormatError when they are not as many, or one is not finite.
 */
export function readFloat32(bytes: Uint8Array, target: Float32Array): void {
  if (bytes.length !== target.length * 4) {
    throw new StateFormatError(`${bytes.length} bytes, expected ${target.length} floats`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < target.length; i++) target[i] = view.getFloat32(4 * i, true);
  if (!target.every(Number.isFinite)) throw new StateFormatError('a number is not finite');
}
