import { problem, type Command, type ModelEvent, type Problem, type VersionManifest } from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { ArtifactStore } from '@hark/streaming';
import type { CommandLog } from './command-log.js';
import type { ModelVersions } from './model-versions.js';
import { storedState } from './stored-state.js';
import { versionDiff, type VersionDiff } from './version-diff.js';
import type { VersionScores } from './version-scores.js';

/** How long an operator waits for the learner's answer. */
const ANSWER_LIMIT_MS = 10_000;

export type VersionAlias = 'current' | 'previous';

export interface VersionView extends VersionManifest {
  readonly alias: VersionAlias | null;
  /** Scores on the windows that it has answered itself. */
  readonly metricsSince: VersionManifest['metrics'];
}

/** A record of `windows`: the first that a change holds for. */
export interface LogPoint {
  readonly topic: 'windows';
  readonly offset: number;
}

export interface RollbackAnswer {
  readonly from: number;
  readonly to: number;
  /** Null for a dry run. */
  readonly effectiveAt: LogPoint | null;
  readonly learning: 'continue' | 'frozen';
  readonly diff: VersionDiff;
}

/** Versions as an operator sees them, and the commands that change which one answers. */
export class ModelsService {
  constructor(
    private readonly models: ModelVersions,
    private readonly scores: VersionScores,
    private readonly commands: CommandLog,
    private readonly artifacts: Pick<ArtifactStore, 'read'>,
  ) {}

  list(): { versions: VersionView[]; current: number | null; previous: number | null; challenger: null } {
    const { history } = this.models;
    return {
      versions: history.versions.map((manifest) => this.view(manifest)),
      current: history.current,
      previous: history.previous,
      challenger: null,
    };
  }

  /** @param name `37`, `v37`, `current` or `previous`. @throws ProblemError 404 */
  get(name: string): VersionView {
    return this.view(this.find(name));
  }

  /**
   * What a version answers by: enough, with its manifest, to answer as it does elsewhere.
   *
   * @throws ProblemError 404; 409 when the stored state is damaged or not there.
   */
  state(name: string): { readonly state: Uint8Array; readonly digest: string } {
    const manifest = this.find(name);
    return { state: storedState(this.artifacts, manifest), digest: manifest.digest };
  }

  /** @throws ProblemError 404 */
  find(name: string): VersionManifest {
    const { history } = this.models;
    const alias = name === 'current' ? history.current : name === 'previous' ? history.previous : undefined;
    const number = alias === undefined ? (/^v?(\d{1,9})$/.exec(name)?.[1] ?? null) : alias;
    const found = number === null ? null : history.find(Number(number));
    if (found !== null) return found;
    throw new ProblemError(
      problem(
        404,
        'unknown_version',
        'Unknown version',
        `There is no version ${JSON.stringify(name.slice(0, 40))}.`,
      ),
    );
  }

  /** Makes a version of the model as it is now. */
  async snapshot(): Promise<VersionView> {
    const event = await this.command({ kind: 'snapshot' });
    if (event.kind !== 'created') throw unexpected(event);
    return this.view(event.manifest);
  }

  /** @throws ProblemError 404 for a version that does not exist, 409 for one of other features, 503 without an answer. */
  async rollback(
    name: string,
    request: { learning: 'continue' | 'frozen'; dryRun: boolean; reason: string | null },
  ): Promise<RollbackAnswer> {
    const to = this.find(name);
    const from = this.find('current');
    if (to.featureSchema !== from.featureSchema) {
      throw new ProblemError(
        conflict(
          'incompatible_features',
          `Version ${to.version} was learned on features ${to.featureSchema}, windows now carry ${from.featureSchema}.`,
        ),
      );
    }
    const { learning, dryRun, reason } = request;
    const diff = versionDiff(from, to);
    if (dryRun) {
      // The learner looks at it before it takes the version, so the real call would be refused too.
      storedState(this.artifacts, to);
      return { from: from.version, to: to.version, effectiveAt: null, learning, diff };
    }
    const event = await this.command({ kind: 'rollback', to: to.version, learning, reason });
    if (event.kind !== 'activated') throw unexpected(event);
    // The learner's word counts: another version may have been made while the command was on its way.
    const before = this.models.history.find(event.from) ?? from;
    return {
      from: event.from,
      to: event.to,
      effectiveAt: { topic: 'windows', offset: event.logPosition },
      learning: event.learning ? 'continue' : 'frozen',
      diff: versionDiff(before, to),
    };
  }

  async setLearning(enabled: boolean): Promise<{ enabled: boolean; effectiveAt: LogPoint }> {
    const event = await this.command({ kind: 'learning', enabled });
    if (event.kind !== 'learning') throw unexpected(event);
    return { enabled: event.enabled, effectiveAt: { topic: 'windows', offset: event.logPosition } };
  }

  private view(manifest: VersionManifest): VersionView {
    const { current, previous } = this.models.history;
    const { version } = manifest;
    const alias = version === current ? 'current' : version === previous ? 'previous' : null;
    return { ...manifest, alias, metricsSince: this.scores.of(version) };
  }

  /** Stores the command and waits for the learner's answer. */
  private async command(command: Command): Promise<ModelEvent> {
    const offset = await this.commands.append(command);
    const event = await this.models.outcome(offset, ANSWER_LIMIT_MS);
    if (event === null) {
      throw new ProblemError(
        problem(
          503,
          'learner_silent',
          'No answer from the learner',
          `The command stands in the log (commands/${offset}) and takes effect when the learner is back; do not repeat it.`,
        ),
        { 'retry-after': '10' },
      );
    }
    if (event.kind === 'refused') throw new ProblemError(conflict(event.code, event.message));
    return event;
  }
}

function conflict(code: string, detail: string): Problem {
  return problem(409, code, 'Refused', detail);
}

function unexpected(event: ModelEvent): Error {
  return new Error(`the learner answered a command with ${event.kind}`);
}
