import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNanoseconds, type SampleBatch, type StreamId } from '@hark/contracts';

const HEADER = 'Index,Arrival_Time,Creation_Time,x,y,z,User,Model,Device,gt\n';
/** HHAR's watches; everything else is a phone. */
const WATCHES = new Set(['gear', 'lgwatch']);
const CHUNK = 256 * 1024;

/** Writes rows as HHAR's four files: `Phones_` and `Watch_`, `accelerometer` and `gyroscope`, in arrival order. */
export class HharFiles {
  private readonly files = new Map<string, { readonly stream: WriteStream; text: string }>();
  private readonly indexes = new Map<string, number>();

  private constructor(private readonly folder: string) {}

  /** Makes the folder when there is none; files of these names in it are replaced. */
  static async create(folder: string): Promise<HharFiles> {
    await mkdir(folder, { recursive: true });
    return new HharFiles(folder);
  }

  async write(batch: SampleBatch): Promise<void> {
    const { rows, streams, stream, labels, label, creationMs, creationSubNs, arrivalMs, x, y, z } = batch;
    for (let i = 0; i < rows; i++) {
      const id = streams[stream[i]];
      const file = this.fileOf(id);
      const key = `${id.user} ${id.device} ${id.sensor}`;
      const index = this.indexes.get(key) ?? 0;
      this.indexes.set(key, index + 1);
      const activity = label[i] === 0 ? 'null' : labels[label[i] - 1];
      const time = formatNanoseconds(creationMs[i], creationSubNs[i]);
      file.text += `${index},${arrivalMs[i]},${time},${x[i]},${y[i]},${z[i]},${id.user},${id.model},${id.device},${activity}\n`;
    }
    for (const file of this.files.values()) if (file.text.length > CHUNK) await flush(file);
  }

  /** @returns the paths of the files written. */
  async close(): Promise<string[]> {
    const paths = [];
    for (const [name, file] of this.files) {
      await flush(file);
      file.stream.end();
      await once(file.stream, 'finish');
      paths.push(join(this.folder, name));
    }
    return paths.sort();
  }

  private fileOf({ model, sensor }: StreamId) {
    const name = `${WATCHES.has(model) ? 'Watch' : 'Phones'}_${sensor}.csv`;
    let file = this.files.get(name);
    if (file === undefined) {
      file = { stream: createWriteStream(join(this.folder, name)), text: HEADER };
      this.files.set(name, file);
    }
    return file;
  }
}

async function flush(file: { readonly stream: WriteStream; text: string }): Promise<void> {
  const { text } = file;
  file.text = '';
  if (text !== '' && !file.stream.write(text)) await once(file.stream, 'drain');
}
