import { programOf } from '@hark/service/program';

await import(programOf(import.meta.url));
