export {
  BACKENDS,
  TensorFlowBackendError,
  type Backend,
  type ChosenBackend,
  type RejectedBackend,
} from './choose-backend.js';
export { loadTensorFlow, type TensorFlow } from './load-tensorflow.js';
export { TensorFlowNetwork } from './tensorflow-network.js';
