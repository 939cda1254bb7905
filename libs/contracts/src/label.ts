/** A record of the topic `labels`: truth that came after the samples. Its offset is the label's number. */
export type LabelRecord =
  | {
      readonly kind: 'label';
      readonly user: string;
      /** Null: all devices of the user. */
      readonly device: string | null;
      /** Event time of the device, nanoseconds, decimal; `from` included, `to` not. */
      readonly fromNs: string;
      readonly toNs: string;
      readonly activity: string;
      /** Who says so, e.g. `user`. */
      readonly source: string;
    }
  /** Takes a label back. */
  | { readonly kind: 'undo'; readonly label: number };

/** How the windows of a label's range were answered by the model, before it learned them or after. */
export interface LabelledAnswers {
  readonly windows: number;
  /** Answered with the label's activity. */
  readonly right: number;
  /** How often each activity was answered. */
  readonly activities: Readonly<Record<string, number>>;
}
