/** Whether this machine stores numbers little-endian: arrays can then be copied to and from a state as they are. */
export const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
