import { setFlagsFromString } from 'node:v8';

/** Percent by which what is held may grow before it is collected: some 20 to 80 MB. */
const GROWTH = 200;

/**
 * Lets the heap grow before the old generation is collected. By default V8 begins to mark it once the room that is left
 * is less than the young generation, and counts the bytes of buffers: those that are read from the log come and go by
 * some megabytes at a time, so that it marked the whole heap, in four threads, at every few steps of an import.
 */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH}`);
}
