import type {
  ActivityData,
  Alert,
  AlertType,
  ChallengerData,
  DeviceData,
  DriftData,
  LabelsDisagreeData,
  ReportData,
  ServiceData,
} from '@hark/contracts';

interface DataOf {
  readonly 'hark.drift': DriftData;
  readonly 'hark.challenger': ChallengerData;
  readonly 'hark.labels_disagree': LabelsDisagreeData;
  readonly 'hark.activity': ActivityData;
  readonly 'hark.device': DeviceData;
  readonly 'hark.service': ServiceData;
  readonly 'hark.report': ReportData;
}

/** Any alert, told apart by `type`. */
export type HarkAlert = { [Type in AlertType]: Alert<DataOf[Type]> & { readonly type: Type } }[AlertType];
