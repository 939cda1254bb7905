/** A record of the topic `commands`: what an operator, or the retention, asks of the learner. Takes effect where the learner reads it. */
export type Command =
  | { readonly kind: 'snapshot' }
  | {
      readonly kind: 'rollback';
      readonly to: number;
      /** `continue`: the version goes on learning; `frozen`: it answers as it is. */
      readonly learning: 'continue' | 'frozen';
      readonly reason: string | null;
    }
  /** A challenger's version answers from here on. */
  | { readonly kind: 'promote'; readonly to: number }
  | { readonly kind: 'learning'; readonly enabled: boolean }
  /** Windows before this offset of `windows` are about to be trimmed: they wait for no label any more. */
  | { readonly kind: 'forget'; readonly windowsBefore: number };
