/** This gateway's turn to write: begins once, or never. */
export class Turn {
  /** Whether it has begun. */
  begun = false;
  private settle: () => void = () => undefined;
  private readonly settled = new Promise<void>((resolve) => (this.settle = resolve));

  begin(): void {
    this.begun = true;
    this.settle();
  }

  /** One that has not begun does so no more. */
  end(): void {
    this.settle();
  }

  /** True once it has begun, false where it never will. */
  async own(): Promise<boolean> {
    await this.settled;
    return this.begun;
  }
}
