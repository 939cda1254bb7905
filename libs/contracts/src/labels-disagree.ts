/** The `data` of an alert of type `hark.labels_disagree`: a device's labels are not what the model of everybody sees. */
export interface LabelsDisagreeData {
  readonly episode: string;
  readonly stage: 'raised';
  readonly user: string;
  readonly device: string;
  /** Its last labelled windows, and how many of them the model was sure to be another activity. */
  readonly windows: number;
  readonly contradicted: number;
  /** Share of such windows on other devices. */
  readonly usual: number;
  /** What to do, for people. */
  readonly advice: string;
}
