import type { Learner } from '@hark/models';
import { Gauge, type Registry } from 'prom-client';

/** What the learner says of itself, read when it is asked for; part of its state, so it outlives a restart. */
export function registerLearnerMetrics(metrics: Registry, learner: Pick<Learner, 'status'>): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `hark_model_${name}`,
      help,
      registers: [metrics],
      collect() {
        this.set(value());
      },
    });
  gauge('version', 'The version that answers', () => learner.status().version);
  gauge('learning', '1 while learning is on', () => Number(learner.status().learning));
  gauge('recent_accuracy', 'Accuracy over the last 500 labelled windows, tested before learned', () => {
    return learner.status().scores.recent.accuracy;
  });
  gauge('recent_kappa', 'Cohen’s kappa over the same windows', () => learner.status().scores.recent.kappa);
  gauge('drift_episodes', 'Drift episodes since the service began', () => learner.status().drift.episodes);
  gauge('drift', '1 while an episode stands at drift', () =>
    Number(learner.status().drift.stage === 'drift'),
  );
  new Gauge({
    name: 'hark_model_windows',
    help: 'Windows that the learner has taken, by what became of them',
    labelNames: ['kind'],
    registers: [metrics],
    collect() {
      for (const [kind, count] of Object.entries(learner.status().windows)) this.set({ kind }, count);
    },
  });
}
