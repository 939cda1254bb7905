import { ActivityScript } from './activity-script.js';
import { BodySegment } from './body-segment.js';
import { catalogueUser, type Placement } from './device-catalogue.js';
import type { ResolvedOptions } from './simulation-options.js';

/** The pause before a device is passed on to the next user. */
const HANDOVER_SECONDS = 20;

/** Who carries what: the users with their scripts and bodies, and which of them has a device when. */
export class Cast {
  private readonly scripts = new Map<string, ActivityScript>();
  private readonly segments = new Map<string, BodySegment>();

  constructor(private readonly options: ResolvedOptions) {}

  /** The session that second `t` falls into: 0, 1, 2 … */
  session(t: number): number {
    return Math.floor(t / this.options.sessionSeconds);
  }

  /** When the device is taken off in this session, and when the next user puts it on. */
  handover(session: number): { readonly off: number; readonly on: number } {
    const on = (session + 1) * this.options.sessionSeconds;
    return { off: on - Math.min(HANDOVER_SECONDS, this.options.sessionSeconds / 10), on };
  }

  user(device: number, session: number): string {
    return catalogueUser((device + session) % this.options.users);
  }

  script(user: string): ActivityScript {
    return remembered(this.scripts, user, () => {
      return new ActivityScript(this.options.seed, user, this.options.boutSeconds);
    });
  }

  segment(user: string, placement: Placement): BodySegment {
    return remembered(this.segments, `${user} ${placement}`, () => {
      return new BodySegment(this.options.seed, user, placement);
    });
  }
}

function remembered<T>(cache: Map<string, T>, key: string, make: () => T): T {
  let value = cache.get(key);
  if (value === undefined) cache.set(key, (value = make()));
  return value;
}
