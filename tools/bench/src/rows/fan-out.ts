import type { Bench } from '../bench.js';
import { FAN_OUT, fanOut } from '../fan-out/fan-out.js';

export const fanningOut: Bench = {
  name: 'fan-out',
  about: 'from the log to the sockets of many subscribers, with readers that stall',
  run: async function* ({ quick, folder }) {
    const options = quick ? { ...FAN_OUT, subscribers: 1000, seconds: 4, stalled: 0 } : FAN_OUT;
    const figures = await fanOut(options, folder);
    for (const figure of figures) {
      if (figure.name.startsWith('log → socket') && figure.name.endsWith('p99'))
        yield { ...figure, atMost: 250 };
      else if (figure.name.startsWith('alert at the last')) yield { ...figure, atMost: 1000 };
      else yield figure;
    }
  },
};
