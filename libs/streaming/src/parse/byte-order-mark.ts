/**
 * Bytes of the UTF-8 byte order mark at the start of a text: 3 or 0; null while too little has come to tell.
 *
 * @param last nothing comes after these bytes.
 */
export function byteOrderMark(bytes: Uint8Array, last: true): 0 | 3;
export function byteOrderMark(bytes: Uint8Array, last: boolean): 0 | 3 | null;
export function byteOrderMark(bytes: Uint8Array, last: boolean): 0 | 3 | null {
  if (bytes.length < 3 && !last && (bytes.length === 0 || bytes[0] === 0xef)) return null;
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
