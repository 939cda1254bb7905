import { TOPICS, type ModelEvent, type VersionManifest } from '@hark/contracts';

/** From one record of `windows` on, one version answers. */
export interface Reign {
  readonly version: number;
  /** First record of `windows` that it answers. */
  readonly logPosition: number;
}

/** A record that asked the learner for something. */
export interface Asked {
  readonly topic: typeof TOPICS.commands | typeof TOPICS.labels;
  readonly offset: number;
}

/** Answers that are remembered, so that one may be asked for after it came. */
const OUTCOMES_KEPT = 1000;

/** The fold of the topic `models`: which versions there are, and which answers. A version just made is the one that answers. */
export class ModelHistory {
  private readonly manifests = new Map<number, VersionManifest>();
  private readonly outcomes = new Map<string, ModelEvent>();
  private challengerVersion: number | null = null;
  private readonly reigns: Reign[] = [];
  /** Whether labelled windows are learned. */
  learning = true;

  apply(event: ModelEvent): void {
    switch (event.kind) {
      case 'created':
        this.manifests.set(event.manifest.version, event.manifest);
        // A challenger's version answers nothing until it is promoted.
        if (event.manifest.cause === 'challenger') this.challengerVersion = event.manifest.version;
        else this.reigns.push({ version: event.manifest.version, logPosition: event.manifest.logPosition });
        break;
      case 'activated':
        this.learning = event.learning;
        if (event.to === this.challengerVersion) this.challengerVersion = null;
        this.reigns.push({ version: event.to, logPosition: event.logPosition });
        break;
      case 'removed':
        this.manifests.delete(event.version);
        break;
      case 'learning':
        this.learning = event.enabled;
    }
    const asked = askedBy(event);
    if (asked === null) return;
    this.outcomes.set(keyOf(asked), event);
    if (this.outcomes.size <= OUTCOMES_KEPT) return;
    for (const oldest of this.outcomes.keys()) {
      this.outcomes.delete(oldest);
      break;
    }
  }

  /** Newest first. */
  get versions(): VersionManifest[] {
    return [...this.manifests.values()].sort((a, b) => b.version - a.version);
  }

  /** Who answered from when on, in log order. */
  get timeline(): readonly Reign[] {
    return this.reigns;
  }

  /** The version that answers, or null before the first. */
  get current(): number | null {
    return this.reigns.at(-1)?.version ?? null;
  }

  /** The version that answered before the current one, or null. */
  get previous(): number | null {
    const { current } = this;
    for (let i = this.reigns.length - 2; i >= 0; i--) {
      if (this.reigns[i].version !== current) return this.reigns[i].version;
    }
    return null;
  }

  /** The version that a challenger was last proposed as and that was not promoted, or null. */
  get challenger(): number | null {
    return this.challengerVersion;
  }

  find(version: number): VersionManifest | null {
    return this.manifests.get(version) ?? null;
  }

  /** What the learner answered, or null when it has not yet. */
  outcome(asked: Asked): ModelEvent | null {
    return this.outcomes.get(keyOf(asked)) ?? null;
  }
}

/** The record that an event answers; null where a version was made or removed without being asked for. */
function askedBy(event: ModelEvent): Asked | null {
  if (event.kind === 'removed') return null;
  if (event.kind === 'unlabelled') return { topic: TOPICS.labels, offset: event.undo };
  if ('label' in event && event.label !== undefined) return { topic: TOPICS.labels, offset: event.label };
  if (!('command' in event) || typeof event.command !== 'number') return null;
  return { topic: TOPICS.commands, offset: event.command };
}

function keyOf({ topic, offset }: Asked): string {
  return `${topic}/${offset}`;
}
