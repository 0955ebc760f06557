import type { PodTemplateSpec } from '#api/core.ts'
import { rolloutKey } from '#contract/keys.ts'
import { compareSides } from '#main/diff/compare.ts'
import { applicationDrift, type DriftSource } from '#main/diff/drift-matrix.ts'
import { sectionReader } from '#main/diff/sections.ts'
import { isExpectedToDiffer } from '#main/fleet/drift.ts'
import { printsWith } from '#main/history/secret-prints.ts'
import { startFixtureWindows } from '#test/support/fixture-window.ts'
import { fixtureKey } from '#test/support/window-keys.ts'
import { distribution, type Report } from './report.ts'
import type { Section } from './section.ts'

const clusters = 100
const applications = 50
const samples = 20
const limits = { templateMs: 50, matrixMs: 1000, paintMs: 300 }
const prints = printsWith({ file: 'file', session: 'session' })

export const diff: Section = {
  name: 'diff',
  about: 'two templates of 2,000 lines, drift of 50 applications in 100 clusters, 10,000 lines on screen',
  async run({ report }) {
    measureTemplates(report)
    measureMatrix(report)
    await measurePaint(report)
  },
}

/** `lines` is about twice the number of variables. */
function templateOf(variables: number, value: (at: number) => string): PodTemplateSpec {
  const env = Array.from({ length: variables }, (_, at) => ({ name: `VARIABLE_${at}`, value: value(at) }))
  return { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1', env }] } }
}

function measureTemplates(report: Report): void {
  report(distribution('diff.template-of-2000-lines', compareTimes(1000), { target: limits.templateMs }))
  report(distribution('diff.template-of-10000-lines', compareTimes(5000)))
}

function compareTimes(variables: number): readonly number[] {
  const side = (template: PodTemplateSpec) => ({
    title: 'web',
    revision: undefined,
    version: undefined,
    capturedAt: undefined,
    manifest: { kind: 'template' as const, template },
  })
  const timed = Array.from({ length: samples + 10 }, () => {
    const left = templateOf(variables, () => 'same')
    const right = templateOf(variables, (at) => (at % 50 === 0 ? 'new' : 'same'))
    const started = performance.now()
    const { summary } = compareSides(side(left), side(right), prints)
    if (summary.length !== variables / 50) throw new Error(`${summary.length} of ${variables / 50} changes were found`)
    return performance.now() - started
  })
  return timed.slice(10)
}

function measureMatrix(report: Report): void {
  const timed = Array.from({ length: 8 }, () => {
    // What a cluster would send: no two objects share a part.
    const specs = Array.from({ length: applications }, (_, app) =>
      Array.from({ length: clusters }, (_each, cluster) => specOf(app, cluster)),
    )
    const started = performance.now()
    const read = sectionReader(prints)
    const found = specs.map((own, app) =>
      applicationDrift(
        own.map((spec, cluster) => sourceOf(app, cluster, read(spec))),
        isExpectedToDiffer,
      ),
    )
    if (!found.every((each) => each?.drift === 1 && each.expected === 2)) throw new Error('drift was not found')
    return performance.now() - started
  })
  report(distribution('diff.drift-of-5000-rollouts', timed, { target: limits.matrixMs }))
}

/** Three containers; the place differs everywhere, one cluster runs another image. */
function specOf(app: number, cluster: number): Readonly<Record<string, unknown>> {
  const containers = ['api', 'proxy', 'agent'].map((name) => ({
    name,
    image: `registry.io/${name}:${app}.${name === 'api' && cluster === 7 ? 1 : 0}`,
    args: ['--listen=:8080', `--app=${app}`],
    env: ['POOL_SIZE', 'REGION', 'CACHE_TTL', 'FEATURE', 'LOG_LEVEL'].map((variable) => ({
      name: variable,
      value: variable === 'REGION' && name === 'api' ? `region-${cluster}` : `${variable} of ${app}`,
    })),
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 5 },
  }))
  const spec = { containers, volumes: [{ name: 'tmp', emptyDir: {} }] }
  const steps = [{ setWeight: 5 }, { pause: { duration: '10m' } }, { setWeight: 50 }, { pause: {} }]
  return {
    replicas: 3 + (cluster % 2),
    template: { metadata: { labels: { app: `app-${app}` } }, spec },
    strategy: { canary: { steps } },
  }
}

function sourceOf(app: number, cluster: number, sections: DriftSource['sections']): DriftSource {
  const at = { context: `cluster-${cluster}`, namespace: 'shop', name: `app-${app}` }
  return { ...at, key: rolloutKey(at), revision: 1, version: '1', planned: false, sections }
}

/**
 * The window's part of 10,000 lines: from the choice of a file to the first lines of its comparison on screen. Main's answer is ready; what
 * it takes to make is measured above.
 */
async function measurePaint(report: Report): Promise<void> {
  const windows = await startFixtureWindows()
  try {
    const { page } = await windows.open({
      scene: 'fleet',
      at: `#/diff/${fixtureKey('prod-eu-west', 'checkout-api')}?tab=file`,
    })
    await page.locator('.file-choice').waitFor()
    const timed: number[] = []
    for (let sample = 0; sample < samples; sample += 1) {
      const painted = page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const input = document.querySelector<HTMLInputElement>('.file-choice input')
            input?.addEventListener(
              'change',
              () => {
                const started = performance.now()
                const before = document.querySelector('.diff-text')
                const look = () => {
                  const now = document.querySelector('.diff-text')
                  const isNew = now !== null && now !== before && now.querySelector('.diff-row .line') !== null
                  if (isNew) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)))
                  else requestAnimationFrame(look)
                }
                look()
              },
              { once: true, capture: true },
            )
          }),
      )
      const buffer = Buffer.from(`kind: Rollout\n# ${sample}`)
      await page.locator('.file-choice input').setInputFiles({ name: 'large.yaml', mimeType: 'text/yaml', buffer })
      timed.push(await painted)
    }
    report(distribution('diff.first-paint-of-10000-lines', timed, { target: limits.paintMs }))
  } finally {
    await windows.close()
  }
}
