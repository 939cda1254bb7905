interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** What has come and was not taken yet, in order, and who waits for more. After its end it is empty for ever. */
export class Inbox<T> {
  private items: T[] = [];
  private waiting: Waiting<T>[] = [];
  private ended = false;
  private error: Error | null = null;

  /** @param taken called for each item as it is handed to its reader. */
  constructor(private readonly taken: (item: T) => void) {}

  get size(): number {
    return this.items.length;
  }

  put(item: T): void {
    if (this.ended) return;
    this.items.push(item);
    if (this.waiting.length > 0) this.settle(this.waiting.shift() as Waiting<T>);
  }

  /** Leaves out the oldest. */
  drop(): T | undefined {
    return this.items.shift();
  }

  take(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.items.length > 0 || this.ended) this.settle({ resolve, reject });
      else this.waiting.push({ resolve, reject });
    });
  }

  /** Nothing more comes. What is here can still be taken; then `error` is thrown once, if there is one. */
  end(error: Error | null = null): void {
    if (this.ended) return;
    this.ended = true;
    this.error = error;
    for (const each of this.waiting.splice(0)) this.settle(each);
  }

  /** As `end`, and what is here is thrown away. */
  discard(): void {
    this.items = [];
    this.error = null;
    this.end();
  }

  private settle({ resolve, reject }: Waiting<T>): void {
    const item = this.items.shift();
    if (item !== undefined) {
      this.taken(item);
      return resolve({ done: false, value: item });
    }
    const { error } = this;
    this.error = null;
    if (error === null) resolve({ done: true, value: undefined });
    else reject(error);
  }
}
