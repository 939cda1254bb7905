import type { LearnerStatus } from '@hark/models';
import { Gauge, type Registry } from 'prom-client';

/** A learner with what it is told apart by: nothing where there is one, its partition where each has its own. */
interface Measured {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: LearnerStatus;
}

/** What learners say of themselves, read when it is asked for; part of their states, so it outlives a restart. */
export function registerLearnerMetrics(
  metrics: Registry,
  learners: () => readonly Measured[],
  labelNames: readonly string[] = [],
): void {
  const gauge = (name: string, help: string, value: (status: LearnerStatus) => number) =>
    new Gauge({
      name: `hark_model_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [metrics],
      collect() {
        this.reset();
        for (const { labels, status } of learners()) this.set(labels, value(status));
      },
    });
  gauge('version', 'The version that answers', ({ version }) => version);
  gauge('learning', '1 while learning is on', ({ learning }) => Number(learning));
  gauge(
    'recent_accuracy',
    'Accuracy over the last 500 labelled windows, tested before learned',
    ({ scores }) => scores.recent.accuracy,
  );
  gauge('recent_kappa', 'Cohen’s kappa over the same windows', ({ scores }) => scores.recent.kappa);
  gauge('drift_episodes', 'Drift episodes since the service began', ({ drift }) => drift.episodes);
  gauge('drift', '1 while an episode stands at drift', ({ drift }) => Number(drift.stage === 'drift'));
  new Gauge({
    name: 'hark_model_windows',
    help: 'Windows that the learner has taken, by what became of them',
    labelNames: [...labelNames, 'kind'],
    registers: [metrics],
    collect() {
      this.reset();
      for (const { labels, status } of learners())
        for (const [kind, count] of Object.entries(status.windows)) this.set({ ...labels, kind }, count);
    },
  });
}
