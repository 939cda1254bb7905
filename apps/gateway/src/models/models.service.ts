import {
  TOPICS,
  problem,
  versionAlias,
  type LearningAnswer,
  type ModelEvent,
  type Problem,
  type RollbackAnswer,
  type VersionAlias,
  type VersionList,
  type VersionManifest,
  type VersionView,
} from '@hark/contracts';
import { ProblemError } from '@hark/service';
import type { ArtifactStore } from '@hark/streaming';
import type { LearnerRequests } from './learner-requests.js';
import type { ModelVersions } from './model-versions.js';
import { storedState } from './stored-state.js';
import { versionDiff } from './version-diff.js';
import type { VersionScores } from './version-scores.js';

/** Versions as an operator sees them, and the commands that change which one answers. */
export class ModelsService {
  constructor(
    private readonly models: ModelVersions,
    private readonly scores: VersionScores,
    private readonly requests: LearnerRequests,
    private readonly artifacts: Pick<ArtifactStore, 'read'>,
  ) {}

  list(): VersionList {
    const { history } = this.models;
    return {
      versions: history.versions.map((manifest) => this.view(manifest)),
      current: history.current,
      previous: history.previous,
      challenger: history.challenger,
    };
  }

  /** @param name `37`, `v37`, `current`, `previous` or `challenger`. @throws ProblemError 404 */
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
    const number = isAlias(name) ? history[name] : (/^v?(\d{1,9})$/.exec(name)?.[1] ?? null);
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
  async snapshot(key?: string): Promise<VersionView> {
    const event = await this.requests.ask(TOPICS.commands, { kind: 'snapshot' }, key);
    if (event.kind !== 'created') throw unexpected(event);
    return this.view(event.manifest);
  }

  /** @throws ProblemError 404 for a version that does not exist, 409 for one of other features, 503 without an answer. */
  async rollback(
    name: string,
    request: { learning: 'continue' | 'frozen'; dryRun: boolean; reason: string | null },
    key?: string,
  ): Promise<RollbackAnswer> {
    const to = await this.target(name, key);
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
    const command = { kind: 'rollback', to: to.version, learning, reason } as const;
    return this.activated(await this.requests.ask(TOPICS.commands, command, key), from, to);
  }

  /** Lets a challenger's version answer. @throws ProblemError 404, 409 when it is no challenger's, 503. */
  async promote(name: string, key?: string): Promise<RollbackAnswer> {
    const to = await this.target(name, key);
    const from = this.find('current');
    if (to.cause !== 'challenger') {
      throw new ProblemError(
        conflict(
          'not_a_challenger',
          `Version ${to.version} is no challenger's; to go back to it, roll back. Nothing was changed.`,
        ),
      );
    }
    const event = await this.requests.ask(TOPICS.commands, { kind: 'promote', to: to.version }, key);
    return this.activated(event, from, to);
  }

  async setLearning(enabled: boolean, key?: string): Promise<LearningAnswer> {
    const event = await this.requests.ask(TOPICS.commands, { kind: 'learning', enabled }, key);
    if (event.kind !== 'learning') throw unexpected(event);
    return { enabled: event.enabled, effectiveAt: { topic: 'windows', offset: event.logPosition } };
  }

  /** The version that a command is for; one that comes again under its key is for the same, whatever `previous` is now. */
  private async target(name: string, key: string | undefined): Promise<VersionManifest> {
    const before =
      key === undefined || !isAlias(name) ? null : await this.requests.before(TOPICS.commands, key);
    const to = before !== null && 'to' in before ? before.to : null;
    return this.find(to === null ? name : String(to));
  }

  /** The learner's word counts: another version may have been made while the command was on its way. */
  private activated(event: ModelEvent, from: VersionManifest, to: VersionManifest): RollbackAnswer {
    if (event.kind !== 'activated') throw unexpected(event);
    const before = this.models.history.find(event.from) ?? from;
    return {
      from: event.from,
      to: event.to,
      effectiveAt: { topic: 'windows', offset: event.logPosition },
      learning: event.learning ? 'continue' : 'frozen',
      diff: versionDiff(before, to),
    };
  }

  private view(manifest: VersionManifest): VersionView {
    const { history } = this.models;
    const { version } = manifest;
    const alias = ALIASES.find((name) => history[name] === version) ?? null;
    return { ...manifest, alias, metricsSince: this.scores.of(version) };
  }
}

const ALIASES: readonly VersionAlias[] = versionAlias.options;

function isAlias(name: string): name is VersionAlias {
  return (ALIASES as readonly string[]).includes(name);
}

function conflict(code: string, detail: string): Problem {
  return problem(409, code, 'Refused', detail);
}

function unexpected(event: ModelEvent): Error {
  return new Error(`the learner answered a request with ${event.kind}`);
}
