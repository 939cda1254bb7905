import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { MADE_OF, digestOf } from '../libs/service/dist/program.js';

// Of each app's compiled modules and the packages that they use, one file and what is loaded later: see ADR 16.

const ROOT = dirname(import.meta.dirname);
const LOCK = join(ROOT, 'package-lock.json');
const WORKER = join(ROOT, 'libs/streaming/dist/adapters/kafka/look-up-worker.js');
/** What stays where npm has put it: native code, what few start with, what Nest asks for and is not installed. */
const OUTSIDE = [
  /^lmdb$/,
  /^(kafkajs|mqtt|aedes)$/,
  /^@tensorflow\//,
  /^@nestjs\/(microservices|platform-socket\.io)(\/|$)/,
  /^class-(transformer|validator)$/,
];

/** One character outside of Latin-1 makes V8 hold all of a file in twice the memory. */
const onlyAscii = {
  name: 'only-ascii',
  generateBundle(_, output) {
    for (const part of Object.values(output)) if (part.type === 'chunk') part.code = escaped(part.code);
  },
};

/** Holds for strings, templates and regular expressions; comments are left out, and names are ASCII. */
function escaped(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Says beside a bundle what it was made of: what `tsc` has noted of our packages in it, and what is installed. */
const madeOf = {
  name: 'made-of',
  generateBundle({ dir }, output) {
    const modules = Object.values(output).flatMap(({ moduleIds = [] }) => moduleIds);
    const notes = new Set(modules.filter((id) => !id.includes('node_modules')).flatMap(compiledBy));
    const digests = [LOCK, ...notes].map((file) => [relative(dir, file), digestOf(pathToFileURL(file))]);
    const source = JSON.stringify(Object.fromEntries(digests.sort()), null, 2);
    this.emitFile({ type: 'asset', fileName: MADE_OF, source });
  },
};

/** `tsc`'s notes on what the module is compiled from; none for the bundler's own. */
function compiledBy(module) {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    const notes = join(folder, '.tsbuildinfo');
    if (existsSync(notes)) return [notes];
  }
  return [];
}

async function bundle(app) {
  const shared = { platform: 'node', external: OUTSIDE, logLevel: 'warn' };
  const output = {
    dir: join(ROOT, 'apps', app, 'bundle'),
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    // Names of classes are said in problems and logs.
    keepNames: true,
    comments: false,
  };
  await build({
    ...shared,
    input: { app: join(ROOT, 'apps', app, 'dist/app.js') },
    plugins: [onlyAscii, madeOf],
    output: { ...output, cleanDir: true },
  });
  // A thread's program, found by its name beside the module that starts it; alone, so that it runs nothing of the app.
  await build({
    ...shared,
    input: { 'look-up-worker': WORKER },
    output: { ...output, codeSplitting: false },
  });
}

await Promise.all(['ingest', 'learner', 'gateway'].map(bundle));
