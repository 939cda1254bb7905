import { readFileSync } from 'node:fs';

/** Clock ticks of Linux: 100 a second on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessCost {
  /** User and system time since it was started, seconds. */
  readonly cpuSeconds: number;
  /** Memory that it holds now, MB. */
  readonly megabytes: number;
  /** Of that, mapped pages of files: the log's above all, which the kernel takes back when it needs room. */
  readonly fileMegabytes: number;
}

/** What a process has cost so far; null once it is gone, and where there is no `/proc`. */
export function processCost(pid: number): ProcessCost | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything: fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? NaN) / 1024;
    const found = {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      megabytes: megabytes('VmRSS'),
      fileMegabytes: megabytes('RssFile'),
    };
    return Number.isNaN(found.megabytes) ? null : found;
  } catch {
    return null;
  }
}
