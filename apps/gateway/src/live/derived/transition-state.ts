import { toIsoTime, type Transition } from '@hark/contracts';
import type { StateReader, StateWriter } from '@hark/streaming';

/** A transition with the offset of the prediction that made it. */
export interface TransitionAt {
  readonly offset: number;
  readonly message: Transition;
}

export function writeTransition(state: StateWriter, { offset, message }: TransitionAt): void {
  const { user, device, model, from, to, at, decidedAt, confidence, prediction, modelVersion } = message;
  state.f64(offset).string(user).string(device).name(model);
  for (const activity of [from, to]) {
    state.bool(activity !== null);
    if (activity !== null) state.name(activity);
  }
  state.f64(Date.parse(at)).f64(Date.parse(decidedAt)).f64(confidence).string(prediction).f64(modelVersion);
}

export function readTransition(state: StateReader): TransitionAt {
  const offset = state.f64();
  if (state.version === 1) return { offset, message: storedAsJson(state) };
  const message: Transition = {
    kind: 'transition',
    user: state.string(),
    device: state.string(),
    model: state.name(),
    from: state.bool() ? state.name() : null,
    to: state.bool() ? state.name() : null,
    at: toIsoTime(state.f64()),
    decidedAt: toIsoTime(state.f64()),
    confidence: state.f64(),
    prediction: state.string(),
    modelVersion: state.f64(),
  };
  return { offset, message };
}

/** The first version held user, devices and the message as it was sent. */
function storedAsJson(state: StateReader): Transition {
  state.string();
  for (let left = state.u32(); left > 0; left--) state.string();
  return JSON.parse(state.string()) as Transition;
}
