import type { Command } from '@hark/contracts';

const text = new TextDecoder();

/** Reads a record of `commands`. @returns null when it is none: it is then refused, never a reason to stop. */
export function parseCommand(value: Uint8Array): Command | null {
  let command: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(text.decode(value));
    if (typeof parsed !== 'object' || parsed === null) return null;
    command = parsed as Record<string, unknown>;
  } catch {
    return null;
  }
  const { kind, to, learning, reason = null, enabled, windowsBefore } = command;
  if (kind === 'snapshot') return { kind };
  if (kind === 'learning') return typeof enabled === 'boolean' ? { kind, enabled } : null;
  if (kind === 'forget')
    return Number.isSafeInteger(windowsBefore) ? { kind, windowsBefore: windowsBefore as number } : null;
  if (typeof to !== 'number' || !Number.isSafeInteger(to)) return null;
  if (kind === 'promote') return { kind, to };
  if (kind !== 'rollback') return null;
  if (learning !== 'continue' && learning !== 'frozen') return null;
  if (reason !== null && typeof reason !== 'string') return null;
  return { kind, to, learning, reason };
}
