import { describeArtifactStore } from './artifact-store.contract.js';
import { MemoryArtifactStore } from './memory-artifact-store.js';

describeArtifactStore('MemoryArtifactStore', () => Promise.resolve(new MemoryArtifactStore()));
