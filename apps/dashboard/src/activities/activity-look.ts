/** How a stretch is filled, so that it is told apart without its colour. */
export type Pattern =
  'plain' | 'upright' | 'dots' | 'rising' | 'falling' | 'waves' | 'level' | 'grid' | 'empty';

export interface ActivityLook {
  /** Name of the custom property that holds the colour: it follows the theme. */
  readonly colour: `--activity-${number}`;
  readonly pattern: Pattern;
  /** Path of an icon of 16 × 16, stroked. */
  readonly icon: string;
}

const LOOKS: readonly ActivityLook[] = [
  // No answer: a question mark.
  {
    colour: '--activity-0',
    pattern: 'empty',
    icon: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.5-1.1 1-1.1 1.8M8 12.6v.1',
  },
  // sit
  { colour: '--activity-1', pattern: 'plain', icon: 'M5 2.5v6h5.5M5 8.5v5M10.5 8.5v5M5 5.5h4' },
  // stand
  { colour: '--activity-2', pattern: 'upright', icon: 'M8 2.6v.1M8 5v8.5M6 13.5h4M5.5 7h5' },
  // walk
  {
    colour: '--activity-3',
    pattern: 'dots',
    icon: 'M8.5 2.4v.1M8 5l-1 4 3 4.5M7 9l-2.5 4.5M7.7 5.5L5 7.5M8 5.5l3.2 2.2',
  },
  // stairs up
  { colour: '--activity-4', pattern: 'rising', icon: 'M2 13.5h3.5V10H9V6.5h3.5V3M9.8 4.6L12.5 2l2 2.4' },
  // stairs down
  { colour: '--activity-5', pattern: 'falling', icon: 'M2 3h3.5v3.5H9V10h3.5v3M9.8 11.4l2.7 2.6 2-2.4' },
  // bike
  {
    colour: '--activity-6',
    pattern: 'waves',
    icon: 'M3.8 9.4a2.2 2.2 0 1 0 .1 0M12.2 9.4a2.2 2.2 0 1 0 .1 0M3.8 11.5L6 6h4.5l1.8 5.5M6 6L8.4 11.5 10.5 6M5 6h2',
  },
];

/** Further activities take turns: a dot as icon, and two patterns. */
const OTHERS: readonly Pattern[] = ['level', 'grid'];

export function lookOf(code: number): ActivityLook {
  const look = LOOKS[code];
  if (look !== undefined) return look;
  const index = code - LOOKS.length;
  return {
    colour: `--activity-${7 + (index % 3)}`,
    pattern: OTHERS[index % OTHERS.length],
    icon: 'M8 5a3 3 0 1 0 .1 0',
  };
}
