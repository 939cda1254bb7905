import type { ModelEvent, VersionManifest } from '@hark/contracts';

/** From one record of `windows` on, one version answers. */
export interface Reign {
  readonly version: number;
  /** First record of `windows` that it answers. */
  readonly logPosition: number;
}

/** Answers to commands that are remembered, so that one may be asked for after it came. */
const OUTCOMES_KEPT = 1000;

/** The fold of the topic `models`: which versions there are, and which answers. A version just made is the one that answers. */
export class ModelHistory {
  private readonly manifests = new Map<number, VersionManifest>();
  private readonly outcomes = new Map<number, ModelEvent>();
  private readonly reigns: Reign[] = [];
  /** Whether labelled windows are learned. */
  learning = true;

  apply(event: ModelEvent): void {
    switch (event.kind) {
      case 'created':
        this.manifests.set(event.manifest.version, event.manifest);
        this.reigns.push({ version: event.manifest.version, logPosition: event.manifest.logPosition });
        break;
      case 'activated':
        this.learning = event.learning;
        this.reigns.push({ version: event.to, logPosition: event.logPosition });
        break;
      case 'learning':
        this.learning = event.enabled;
    }
    if (event.command === undefined) return;
    this.outcomes.set(event.command, event);
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

  find(version: number): VersionManifest | null {
    return this.manifests.get(version) ?? null;
  }

  /** What the learner answered to the command at this offset of `commands`, or null when it has not yet. */
  outcome(command: number): ModelEvent | null {
    return this.outcomes.get(command) ?? null;
  }
}
