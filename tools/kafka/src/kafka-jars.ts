import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const DEFAULT_KAFKA_VERSION = '4.4.0';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What is missing to run a broker here, as a sentence; null when nothing is. */
export function missingForKafka(): string | null {
  if (spawnSync(java(), ['-version']).error !== undefined) return 'there is no Java (17 or later) here';
  if (spawnSync('mvn', ['-version']).error !== undefined) return 'there is no Maven here';
  return null;
}

export function java(): string {
  const home = process.env['JAVA_HOME'];
  return home === undefined ? 'java' : join(home, 'bin', 'java');
}

/**
 * The folder with the jars of this version, fetched by Maven the first time (about 65 MB).
 * @throws Error with Maven's words when it cannot fetch them.
 */
export function kafkaJars(version: string): string {
  const jars = join(ROOT, 'node_modules', '.cache', 'hark-kafka', version);
  const whole = join(jars, '.whole');
  if (existsSync(whole)) return jars;
  mkdirSync(jars, { recursive: true });
  const profile = `kafka-${version.split('.')[0]}`;
  const maven = spawnSync(
    'mvn',
    [
      ...['-q', '-B', '-f', join(HERE, 'pom.xml'), '-P', profile],
      ...[`-Dkafka.version=${version}`, `-Djars=${jars}`, 'dependency:copy-dependencies'],
    ],
    { encoding: 'utf8' },
  );
  if (maven.status !== 0)
    throw new Error(`Maven cannot fetch Kafka ${version}:\n${maven.stdout}${maven.stderr}`);
  writeFileSync(whole, '');
  return jars;
}
