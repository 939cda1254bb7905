/** In every line, and of no use to a reader of all three apps' lines together. */
const HIDDEN = new Set(['time', 'app', 'pid', 'hostname']);
const LEVELS: Readonly<Record<number, string>> = { 30: 'info', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };

/** An app's log line as people read it: JSON lines become level, message and fields; others stay as they are. */
export function appLogLine(app: string, line: string): string {
  const prefix = `${app.padEnd(7)} | `;
  try {
    const { level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    if (typeof msg !== 'string') return prefix + line;
    const details = Object.entries(fields)
      .filter(([name]) => !HIDDEN.has(name))
      .map(([name, value]) => `${name}=${textOf(value)}`);
    const label = LEVELS[Number(level)] ?? 'debug';
    return prefix + [label === 'info' ? '' : label, msg, ...details].filter((part) => part !== '').join(' ');
  } catch {
    return prefix + line;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return String(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
