import type { StateReader, StateWriter } from '@hark/streaming';
import type { Opinion } from './opinion-pool.js';
import type { DeviceAnswer, DeviceOpinion } from './user-fusion.js';

/** Models and activities are few, so they are written as names; devices are as many as answers. */
export function writeAnswer(state: StateWriter, answer: DeviceAnswer): void {
  const { device, model, activity, confidence, startMs, endMs, clockOffsetMs } = answer;
  state.string(device).name(model).name(activity).f64(confidence);
  state.f64(startMs).f64(endMs).f64(clockOffsetMs);
}

export function readAnswer(state: StateReader): DeviceAnswer {
  return {
    device: state.string(),
    model: state.name(),
    activity: state.name(),
    confidence: state.f64(),
    startMs: state.f64(),
    endMs: state.f64(),
    clockOffsetMs: state.f64(),
  };
}

export function writeProbabilities(state: StateWriter, probabilities: Opinion): void {
  const names = Object.keys(probabilities);
  state.u32(names.length);
  for (const name of names) state.name(name).f64(probabilities[name]);
}

export function readProbabilities(state: StateReader): Opinion {
  const said: [string, number][] = [];
  for (let left = state.u32(); left > 0; left--) said.push([state.name(), state.f64()]);
  return Object.fromEntries(said);
}

export function writeOpinion(state: StateWriter, opinion: DeviceOpinion): void {
  writeAnswer(state, opinion);
  writeProbabilities(state, opinion.probabilities);
}

export function readOpinion(state: StateReader): DeviceOpinion {
  const { device, model, activity, confidence, startMs, endMs, clockOffsetMs } = readAnswer(state);
  const probabilities = readProbabilities(state);
  // Written out: what an object spread makes is looked through several times more slowly.
  return { device, model, activity, confidence, probabilities, startMs, endMs, clockOffsetMs };
}
