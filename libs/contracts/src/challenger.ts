/** How a challenger compares with the current model on the same windows, each answered before it was learned. */
export interface ChallengerScore {
  /** Name of its classifier. */
  readonly challenger: string;
  readonly windows: number;
  /** Accuracy of the current classifier and of the challenger on these windows. */
  readonly currentAccuracy: number;
  readonly challengerAccuracy: number;
  /** How probable a difference of this size is between two equally good ones (McNemar 1947), two-sided. */
  readonly pValue: number;
}

/** The `data` of an alert of type `hark.challenger`: a challenger is better, and a picture of it can be promoted. */
export interface ChallengerData extends ChallengerScore {
  /** Its version. */
  readonly version: number;
  readonly currentVersion: number;
  /** Whether a setting has promoted it already. */
  readonly promoted: boolean;
  /** The call that lets it answer. */
  readonly promote: { readonly method: 'POST'; readonly path: string };
}
