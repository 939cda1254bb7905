import { describeLog } from './log.contract.js';
import { MemoryLog } from './memory-log.js';

describeLog('MemoryLog', () => Promise.resolve(new MemoryLog({ now: () => 1_700_000_000_000 })));
