import type { LogReader } from '@hark/streaming';
import type { Clock } from '../../clock.js';
import type { Channel, ChannelEntry, ChannelSlice, ChannelSnapshot } from '../channel.js';
import { Block, entryOf } from './block.js';
import { restoreTo, type Checkpoints } from './checkpoints.js';
import type { Derivation } from './derivation.js';

/** Characters of messages kept in blocks, over all blocks. */
const KEPT_CHARACTERS = 8_388_608;
const KEPT_BLOCKS = 64;

/**
 * What a derivation makes of a topic, as a channel. A message has the offset of the record that made it, so cursors
 * are the log's own and outlive every process: whoever reads from an offset gets what an endless reader got there,
 * because the state before it is made again from the nearest checkpoint.
 *
 * Readers near each other share the work: it is done by blocks of records, which are kept while they are used.
 */
export class DerivedChannel implements Channel {
  /** The one used last is last. */
  private blocks: Block[] = [];

  constructor(
    private readonly log: LogReader & { readonly epoch: string },
    private readonly topic: string,
    private readonly make: () => Derivation,
    private readonly checkpoints: Checkpoints,
    private readonly clock: Clock,
  ) {}

  get epoch(): string {
    return this.log.epoch;
  }

  async read(from: number, maxBytes: number): Promise<ChannelSlice> {
    const start = Math.max(from, await this.earliest());
    const block = await this.reach(start);
    const dropped = start - from;
    if (block === null) return { entries: [], next: start, dropped };
    const entries: ChannelEntry[] = [];
    let bytes = 0;
    for (let i = firstAt(block.entries, start); i < block.entries.length && bytes < maxBytes; i++) {
      entries.push(block.entries[i]);
      bytes += block.entries[i].payload.length;
    }
    const all = entries.length === 0 || entries.at(-1) === block.entries.at(-1);
    return { entries, next: all ? block.to : entries[entries.length - 1].offset + 1, dropped };
  }

  end(): Promise<number> {
    return this.log.end(this.topic, 0);
  }

  earliest(): Promise<number> {
    return this.log.earliest(this.topic, 0);
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.log.changed(signal);
  }

  async snapshot(): Promise<ChannelSnapshot> {
    for (;;) {
      const end = await this.end();
      await this.reach(end);
      const block = this.blocks.find(({ growing, to }) => growing !== null && to >= end);
      if (block === undefined || block.growing === null) continue;
      const entries = [...block.growing.latest()].map(entryOf).sort((a, b) => a.offset - b.offset);
      return { next: block.to, entries };
    }
  }

  /** The block in which the record at the offset has been taken, or null when the log ends before. */
  private async reach(offset: number): Promise<Block | null> {
    const earliest = await this.earliest();
    for (;;) {
      const block = this.nearest(offset, earliest);
      if (block.covers(offset) && offset < block.to) return block;
      if (!(await block.grow(this.log, this.topic))) return null;
      if (block.to >= block.limit) this.handOn(block);
      if (!block.covers(offset)) await this.clock.turn();
    }
  }

  /** The block that covers the offset, or else the nearest place before it from which to go on. */
  private nearest(offset: number, earliest: number): Block {
    let block = this.blocks.findLast((each) => each.covers(offset));
    block ??= this.blocks
      .filter(({ growing, to }) => growing !== null && to <= offset)
      .sort((a, b) => a.to - b.to)
      .at(-1);
    const { offset: known, state } = this.checkpoints.nearest(offset);
    const start = Math.max(known, earliest);
    // Neither is there a block that covers the offset, nor one that is nearer than the checkpoint.
    if (block === undefined || (!block.covers(offset) && block.to < start)) {
      const derivation = this.make();
      if (state !== null) restoreTo(derivation, state);
      block = new Block(start, derivation);
    }
    this.use(block);
    return block;
  }

  /** A full block's derivation goes on in the next one, unless that has been made. */
  private handOn(block: Block): void {
    const { growing, limit } = block;
    if (growing === null) return;
    block.growing = null;
    this.checkpoints.offer(limit, growing);
    if (!this.blocks.some((each) => each.start === limit)) this.use(new Block(limit, growing));
  }

  private use(block: Block): void {
    this.blocks = this.blocks.filter((each) => each !== block);
    this.blocks.push(block);
    let characters = this.blocks.reduce((sum, { size }) => sum + size, 0);
    while (this.blocks.length > 2 && (characters > KEPT_CHARACTERS || this.blocks.length > KEPT_BLOCKS))
      characters -= this.blocks.shift()?.size ?? 0;
  }
}

/** Index of the first entry at or after the offset. */
function firstAt(entries: readonly ChannelEntry[], offset: number): number {
  let low = 0;
  for (let high = entries.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (entries[middle].offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
