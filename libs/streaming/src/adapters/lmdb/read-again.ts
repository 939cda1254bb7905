const PAUSES_MS = [2, 8, 30];

const waiting = new Int32Array(new SharedArrayBuffer(4));

/**
 * What a read gives, or one of a few more where it found damage: beside a process that writes at full speed, and above
 * all just after opening its environment, a page was found to be read wrongly once and rightly some milliseconds
 * later. What is damaged on disk stays so.
 *
 * @param isDamage of what was thrown; anything else is thrown at once.
 * @throws what the last of them threw.
 */
export function readAgain<T>(read: () => T, isDamage: (error: unknown) => boolean): T {
  for (const pauseMs of PAUSES_MS) {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    Atomics.wait(waiting, 0, 0, pauseMs);
  }
  return read();
}
