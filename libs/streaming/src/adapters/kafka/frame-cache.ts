import type { KafkaFrame } from './frame-message.js';

/** A frame in memory, and how to take it out of its partition again. */
export interface CachedFrame {
  readonly frame: KafkaFrame;
  readonly drop: () => void;
}

/** Memory for frames of all partitions: those touched longest ago go first. */
export class FrameCache {
  private readonly held = new Set<CachedFrame>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  add(cached: CachedFrame): void {
    this.held.add(cached);
    this.bytes += cached.frame.payload.length;
    for (const oldest of this.held) {
      if (this.bytes <= this.maxBytes || oldest === cached) break;
      this.held.delete(oldest);
      this.bytes -= oldest.frame.payload.length;
      oldest.drop();
    }
  }

  touch(cached: CachedFrame): void {
    this.held.delete(cached);
    this.held.add(cached);
  }
}
