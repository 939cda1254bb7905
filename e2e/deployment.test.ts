import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPS, Service } from './harness.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const RULES = text('deploy/prometheus/hark.rules.yml');
const DASHBOARD = text('deploy/grafana/dashboards/hark.json');
const MANIFESTS = readdirSync(join(ROOT, 'deploy/kubernetes')).map((name) => `deploy/kubernetes/${name}`);
const DEPLOYED = ['compose.yaml', 'Dockerfile', ...MANIFESTS, 'deploy/compose/setup.sh'];

/** The schemas of Kubernetes, as the Python package kubernetes-validate brings them. */
const kubernetes = (...args: string[]) =>
  spawnSync('python3', ['-m', 'kubernetes_validate', ...args], { cwd: ROOT, encoding: 'utf8' });
const NO_SCHEMAS =
  kubernetes('--version').status === 0 ? null : 'kubernetes-validate for Python is not there';

describe('what is deployed', () => {
  let service: Service;
  let exposed: Set<string>;

  beforeAll(async () => {
    service = await Service.start();
    const pages = await Promise.all(
      APPS.map(async (app) => (await fetch(service.url(app, '/metrics'))).text()),
    );
    exposed = new Set(pages.flatMap((page) => [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)));
  }, 60_000);
  afterAll(() => service.stop());

  it.each([
    ['alert rules', RULES],
    ['dashboard', DASHBOARD],
  ])('asks in its %s for metrics that the apps expose', (_, source) => {
    const asked = [...source.matchAll(/\b(?:hark|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !exposed.has(name))).toEqual([]);
  });

  it('sets no variable that the configuration does not name', () => {
    const documented = text('docs/configuration.md');
    for (const path of DEPLOYED)
      for (const [name] of text(path).matchAll(/\bHARK_[A-Z_]+\b/g)) {
        if (name === 'HARK_HEALTH_PORTS') continue; // of the container's own health check
        expect(documented, `${name} in ${path}`).toContain(`\`${name}\``);
      }
  });

  it.skipIf(NO_SCHEMAS !== null).each(['1.31', '1.34'])(
    `has manifests that Kubernetes %s takes, by its schemas (${NO_SCHEMAS ?? 'there'})`,
    (version) => {
      // A kustomization is not of Kubernetes' own interface.
      const files = MANIFESTS.filter((path) => !path.endsWith('kustomization.yaml'));
      const { status, stdout, stderr } = kubernetes('-k', version, '--strict', ...files);
      expect(status, stdout + stderr).toBe(0);
      expect(stdout.match(/ passed for resource /g)?.length ?? 0, stdout + stderr).toBeGreaterThanOrEqual(12);
    },
  );

  it('names every alert with a summary and what to do', () => {
    const alerts = RULES.split('- alert: ').slice(1);
    expect(alerts.length).toBeGreaterThanOrEqual(9);
    for (const alert of alerts) expect(alert).toMatch(/summary: [\s\S]*action: /);
  });
});
